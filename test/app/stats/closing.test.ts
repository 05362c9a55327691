/** Tests what becomes of connections when the Summary Stats UI is asked to end: a proxy in front of it has some open. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFakeHttp, row } from './fake-serving.ts';

const REQUEST = 'GET /summary HTTP/1.1\r\nHost: localhost\r\n';

/** A server that listens, and a way to open connections to it. */
async function startServer(t: TestContext) {
  const { http } = await createFakeHttp('v1', [row('sku_a', 2000, 1)]);
  // What a failed test leaves open would keep all tests from ending.
  t.after(() => http.server.closeAllConnections());
  await http.listen({ host: '127.0.0.1', port: 0 });
  const { port } = http.server.address() as AddressInfo;
  const open = async (): Promise<Socket> => {
    const accepted = once(http.server, 'connection');
    const socket = connect(port, '127.0.0.1');
    await Promise.all([once(socket, 'connect'), accepted]);
    return socket;
  };
  return { http, open };
}

/** Next bytes that come, as text. */
async function heard(socket: Socket): Promise<string> {
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
}

test('a connection that was opened and never used keeps nobody waiting', {
  timeout: 5_000,
}, async (t) => {
  const { http, open } = await startServer(t);
  const socket = await open();
  const closed = once(socket, 'close');
  await Promise.all([http.close(), closed]);
});

test('a request that is under way is answered, and its connection is the last to close', {
  timeout: 5_000,
}, async (t) => {
  const { http, open } = await startServer(t);
  const socket = await open();
  socket.write(`${REQUEST}\r\n`);
  assert.match(await heard(socket), /^HTTP\/1\.1 200 /);
  socket.write(REQUEST);
  await sleep(50);
  const closing = http.close();
  await sleep(50);
  socket.write('\r\n');
  const answer = await heard(socket);
  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.match(answer, /connection: close/i);
  await closing;
});
