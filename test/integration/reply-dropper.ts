/** A proxy in front of a state DB that, when asked to, lets a batch be applied and drops the answer with the connection. */
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { freePort } from '../../src/platform/local/ports.ts';

/** Bytes that are in calls which apply a batch, and in no others that come often. */
const APPLY = Buffer.from(':seq');

/** Starts it; `dropNext` resolves when an answer was dropped. */
export async function startReplyDropper(state: string) {
  const at = state.lastIndexOf(':');
  const sockets = new Set<Socket>();
  let dropped: (() => void) | undefined;
  const server = createServer((client) => {
    const upstream = connect(Number(state.slice(at + 1)), state.slice(0, at));
    let dropsAnswer = false;
    const end = (): void => void [client, upstream].map((socket) => socket.destroy());
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    client.on('data', (chunk) => {
      if (dropped && chunk.includes(APPLY)) dropsAnswer = true;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (!dropsAnswer) {
        client.write(chunk);
        return;
      }
      end();
      dropped?.();
      dropped = undefined;
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${port}`,
    dropNext: () =>
      new Promise<void>((resolve) => {
        dropped = resolve;
      }),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
