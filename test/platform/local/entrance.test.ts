/** The REST entrance: what an instance answers comes through unchanged, and an instance that is gone is not noticed as long as another is there. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Upstream } from '../../../src/platform/local/entrance/choose.ts';
import type { Entrance } from '../../../src/platform/local/entrance/entrance.ts';
import { openEntrance } from '../../../src/platform/local/entrance/entrance.ts';
import { createFakeHttp, row } from '../../app/stats/fake-serving.ts';

const refusing: Upstream = { deployment: 'stats', url: 'http://127.0.0.1:1' };

async function open(t: TestContext, ...upstreams: readonly Upstream[]): Promise<Entrance> {
  const entrance = await openEntrance(0);
  t.after(() => entrance.close());
  entrance.serveFrom(() => upstreams);
  return entrance;
}

/** A server of a test's own in place of an instance. */
async function serve(t: TestContext, listener: RequestListener, deployment = 'stats') {
  const server = createServer({ keepAliveTimeout: 61_000 }, listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { deployment, url: `http://127.0.0.1:${port}`, server };
}

interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
  readonly body?: string;
}

/** Asks as it is told to; `fetch` would mend paths and follow what it is told. */
async function ask(base: string, path: string, asking: Asking = {}): Promise<IncomingMessage> {
  const { hostname, port } = new URL(base);
  const { body, ...options } = asking;
  const asked = request({ hostname, port, path, ...options }).end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
}

/** What a reader sees, without what is between two ends of one connection. */
async function seen(base: string, path: string, asking?: Asking) {
  const response = await ask(base, path, asking);
  const { date, connection, 'keep-alive': keepAlive, ...headers } = response.headers;
  assert.ok(date && connection);
  return { status: response.statusCode, headers, body: await text(response) };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, 'not seen within 10 s');
    await delay(10);
  }
}

test('whatever the Summary Stats UI answers comes through as it is', async (t) => {
  const { http } = await createFakeHttp('v3', [row('sku_a', 2000, 1), row('sku_b', 2000, 2)]);
  t.after(() => http.close());
  const url = await http.listen({ host: '127.0.0.1', port: 0 });
  const entrance = await open(t, { deployment: 'stats', url });
  const etag = String((await seen(url, '/summary')).headers.etag);
  const questions: readonly (readonly [path: string, asking?: Asking])[] = [
    ['/'],
    ['/page/main.js'],
    ['/summary'],
    ['/summary?month=1&sku=sku_a'],
    ['/summary', { method: 'HEAD' }],
    ['/summary', { headers: { 'if-none-match': etag } }],
    ['/series?sku=sku_a', { headers: { 'accept-encoding': 'gzip' } }],
    ['/summary?month=13&page=2'],
    ['/summary', { method: 'POST', body: '{}' }],
    ['/summary', { method: 'DELETE' }],
    ['/nothing/here?x=%20'],
    ['//summary/../%2e%2e/'],
    ['/%'],
    [`/${'x'.repeat(9_000)}`],
    ['/openapi.json'],
    ['/healthz'],
  ];
  const statuses: (number | undefined)[] = [];
  for (const [path, asking] of questions) {
    const direct = await seen(url, path, asking);
    assert.deepEqual(await seen(entrance.url, path, asking), direct, path);
    statuses.push(direct.status);
  }
  assert.deepEqual(
    statuses,
    [200, 200, 200, 200, 200, 304, 200, 400, 405, 405, 404, 404, 400, 414, 200, 200],
  );
});

test('the beginning of an answer is passed on before its end is there', async (t) => {
  const instance = await serve(t, (_request, response) => void response.write('begin '));
  instance.server.on('request', (_request, response) => {
    instance.server.once('end', () => response.end('end'));
  });
  const { url } = await open(t, instance);
  const response = await ask(url, '/');
  const [part] = await once(response, 'data');
  assert.equal(String(part), 'begin ');
  instance.server.emit('end');
  assert.equal(await text(response), 'end');
});

test('an answer that breaks off is not passed on as a whole one', async (t) => {
  for (const headers of [{}, { 'content-length': '100' }]) {
    const instance = await serve(t, (_request, response) => {
      response.writeHead(200, headers).write('begin ', () => response.destroy());
    });
    const { url } = await open(t, instance);
    await assert.rejects(ask(url, '/').then(text), /aborted|hang up/);
  }
});

test('an instance hears that a reader went away', async (t) => {
  let gone = false;
  const instance = await serve(t, (_request, response) => {
    response.write('begin ');
    response.once('close', () => {
      gone = true;
    });
  });
  const { url } = await open(t, instance);
  const response = await ask(url, '/');
  response.once('error', () => undefined).destroy();
  await until(() => gone);
});

test('connections are kept on both sides, and how long an instance keeps its own is not passed on', async (t) => {
  const ports = { instance: new Set<number | undefined>(), reader: new Set<number | undefined>() };
  const instance = await serve(t, ({ socket }, response) => {
    ports.instance.add(socket.remotePort);
    response.end('done');
  });
  const { url } = await open(t, instance);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  for (let asked = 0; asked < 5; asked++) {
    const response = await ask(url, '/', { agent });
    ports.reader.add(response.socket.localPort);
    assert.equal(response.headers['keep-alive'], undefined);
    await text(response);
  }
  assert.deepEqual([ports.instance.size, ports.reader.size], [1, 1]);
});

test('where nobody is there it says so, and when to come back', async (t) => {
  for (const upstreams of [[], [refusing]]) {
    const { url } = await open(t, ...upstreams);
    const { status, headers, body } = await seen(url, '/summary');
    assert.deepEqual([status, headers['retry-after']], [503, '1']);
    assert.equal(headers['content-type'], 'application/problem+json');
    const problem = JSON.parse(body);
    assert.deepEqual([problem.title, problem.status], ['Service Unavailable', 503]);
  }
});

test('a GET that one refuses, or dies over, is asked of another', async (t) => {
  const dying = await serve(t, ({ socket }) => void socket.destroy());
  const alive = await serve(t, (_request, response) => void response.end('done'));
  const { url } = await open(t, refusing, dying, alive);
  for (let asked = 0; asked < 20; asked++) {
    assert.equal((await seen(url, '/')).body, 'done');
  }
});

test('what is not a GET is asked once', async (t) => {
  let asked = 0;
  const die: RequestListener = ({ socket }) => {
    asked += 1;
    socket.destroy();
  };
  const { url } = await open(t, await serve(t, die), await serve(t, die));
  for (const asking of [{ method: 'POST' }, { method: 'PUT', body: 'x' }, { body: 'x' }]) {
    const headers = { 'content-length': String(asking.body?.length ?? 0) };
    assert.equal((await seen(url, '/', { ...asking, headers })).status, 503);
  }
  assert.equal(asked, 3);
});

test('one that says it is not ready is left out, as long as another is ready', async (t) => {
  let ready = false;
  const waiting = await serve(t, ({ url }, response) => {
    response.writeHead(url === '/readyz' && !ready ? 503 : 200).end('waiting');
  });
  const other = await serve(t, (_request, response) => void response.end('other'));
  const upstreams: Upstream[] = [waiting, other];
  const { url } = await open(t, ...upstreams);
  const answers = async () => {
    const bodies = Array.from({ length: 20 }, async () => (await seen(url, '/')).body);
    return new Set(await Promise.all(bodies));
  };
  await until(async () => (await answers()).size === 1);
  assert.deepEqual([...(await answers())], ['other']);
  ready = true;
  await until(async () => (await answers()).size === 2);
});

test('an instance is drained when its last request is answered', async (t) => {
  const instance = await serve(t, () => undefined);
  const answered = once(instance.server, 'request');
  const entrance = await open(t, instance);
  const asked = ask(entrance.url, '/');
  const [, response] = await answered;
  let drained = false;
  const draining = entrance.drained(instance.url).then(() => {
    drained = true;
  });
  await delay(50);
  assert.equal(drained, false);
  response.end('done');
  assert.equal(await text(await asked), 'done');
  await draining;
});

test('bytes that are no request, and heads that are too large, are refused as problems', async (t) => {
  const entrance = await open(t);
  for (const [bytes, status] of [
    ['nonsense\r\n\r\n', 400],
    [`GET / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ] as const) {
    const socket = connect(entrance.port, '127.0.0.1', () => socket.write(bytes));
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    assert.match(head, new RegExp(`^HTTP/1.1 ${status} .*content-type: application/problem`, 's'));
    assert.equal(JSON.parse(body).status, status);
  }
});

test('it listens on the loopback interface only, and at another port where its own is taken', async (t) => {
  const first = await open(t);
  const second = await openEntrance(first.port);
  t.after(() => second.close());
  assert.notEqual(second.port, first.port);
  // Reaches whatever listens on all interfaces.
  const socket = connect(second.port, '127.0.0.2');
  await assert.rejects(once(socket, 'connect'), { code: 'ECONNREFUSED' });
});

test('closing hangs up on readers and frees the port', { timeout: 5_000 }, async (t) => {
  const instance = await serve(t, (_request, response) => void response.write('begin '));
  const entrance = await openEntrance(0);
  entrance.serveFrom(() => [instance]);
  const response = await ask(entrance.url, '/');
  const ended = assert.rejects(text(response), /aborted/);
  const slow = connect(entrance.port, '127.0.0.1', () => slow.write('GET / HTTP/1.1\r\n'));
  const hungUp = new Promise((resolve) => slow.on('error', () => undefined).on('close', resolve));
  await once(slow, 'ready');
  await Promise.all([entrance.close(), ended, hungUp]);
  await assert.rejects(ask(entrance.url, '/'), /ECONNREFUSED/);
});
