/** One HTTP server that stands for the registry and for every program of a fake lab. */

import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A listening server. */
export interface FakeServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Answers every GET with what `answer` says of its path, 503 where that is nothing, and notes what every PUT wants. */
export async function startFakeServer(
  answer: (path: string) => unknown,
  changes: string[],
): Promise<FakeServer> {
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    if (request.method === 'PUT') changes.push(`${path} ${await readBody(request)}`);
    const body = request.method === 'PUT' ? {} : answer(path);
    response.writeHead(body === undefined ? 503 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
