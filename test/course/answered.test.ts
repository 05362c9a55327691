/** Readers are waited for until they are served, and no longer than somebody wants. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { untilAnswered } from '../../src/course/answered.ts';

const forEver = new AbortController().signal;

test('readers are waited for until REST answers well', async (t) => {
  let requests = 0;
  const server = createServer((_request, answer) => {
    requests++;
    answer.writeHead(requests < 4 ? 503 : 200, { connection: 'close' }).end();
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await untilAnswered(`http://127.0.0.1:${port}`, forEver);
  assert.equal(requests, 4);
});

test('where nobody answers the wait ends with an interrupt', async () => {
  const interrupt = new AbortController();
  const waiting = untilAnswered('http://127.0.0.1:1', interrupt.signal);
  interrupt.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
});
