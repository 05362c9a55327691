/** Tests how the client of the schema registry waits for one that is away, and when it stops waiting. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import {
  ENDLESS_PATIENCE,
  openRegistry,
  RegistryRefusal,
} from '../../../src/app/runtime/registry.ts';
import type { AvroSchema } from '../../../src/app/version.ts';

const schema: AvroSchema = { type: 'record', name: 'R', namespace: 'n', fields: [] };

/** Runs `work` with a registry that answers so. */
async function withRegistry(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a registry that is away for a while is waited for', async () => {
  let asked = 0;
  const answer = (_: IncomingMessage, response: ServerResponse) => {
    asked++;
    response.writeHead(asked < 3 ? 503 : 200).end('{"id":7}');
  };
  await withRegistry(answer, async (url) => {
    const patience = { ...ENDLESS_PATIENCE, everyMs: 1 };
    assert.equal(await openRegistry(url, patience).register('s', schema), 7);
    assert.equal(asked, 3);
  });
});

test('a refusal is told at once', async () => {
  const answer = (_: IncomingMessage, response: ServerResponse) =>
    response.writeHead(409).end('{"message":"not compatible"}');
  await withRegistry(answer, async (url) => {
    await assert.rejects(
      openRegistry(url, ENDLESS_PATIENCE).register('s', schema),
      (error) => error instanceof RegistryRefusal && /not compatible/.test(error.message),
    );
  });
});

test('waiting ends when the program is asked to stop', { timeout: 5_000 }, async () => {
  const stopping = new AbortController();
  const answer = (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(503).end();
    setImmediate(() => stopping.abort());
  };
  await withRegistry(answer, async (url) => {
    const patience = { ...ENDLESS_PATIENCE, everyMs: 60_000 };
    await assert.rejects(
      openRegistry(url, patience, stopping.signal).register('s', schema),
      /answered 503$/,
    );
  });
});
