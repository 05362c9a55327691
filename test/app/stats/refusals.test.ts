/** Whatever is asked, the answer is well-formed: a problem that names each field, and never an error of the server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import test, { after, before } from 'node:test';
import { StateUnavailableError } from '../../../src/app/stats/state/summary-db.ts';
import { createFakeHttp, row } from './fake-serving.ts';

type Fake = Awaited<ReturnType<typeof createFakeHttp>>;
let fake: Fake;

before(async () => {
  fake = await createFakeHttp('v1', [row('sku_a', 2000, 1)]);
  await fake.http.listen({ host: '127.0.0.1', port: 0 });
});
after(() => fake.http.close());

interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly fields: readonly string[];
}

/** Sends bytes as they are, since clients mend what they are given. */
async function send(target: string, method = 'GET', rest = ''): Promise<Refusal> {
  const { port } = fake.http.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  socket.end(`${method} ${target} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n${rest}\r\n`);
  await once(socket, 'close');
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s);
  const [start = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => line.toLowerCase().split(/: (.*)/)));
  const status = Number(start.split(' ')[1]);
  const problem = body === '' ? { errors: [] } : parse(body, headers['content-type'], status);
  return { status, headers, fields: problem.errors.map(({ field }) => field) };
}

function parse(body: string, type: string, status: number): { errors: { field: string }[] } {
  assert.match(type, /^application\/problem\+json/);
  const problem = JSON.parse(body);
  assert.equal(problem.status, status);
  assert.equal(typeof problem.detail, 'string');
  assert.doesNotMatch(body, /node_modules|at \S+ \(|\.ts:\d/);
  return problem;
}

test('every field that is wrong is named, all at once', async () => {
  const { status, fields } = await send(
    '/summary?year=1999&month=13&sku=a|b&page=2&x=%zz&year=20x',
  );
  assert.equal(status, 400);
  assert.deepEqual(fields.toSorted(), ['month', 'page', 'sku', 'x', 'year', 'year']);
});

for (const text of [
  '',
  '02000',
  '2e3',
  '0x7d0',
  ' 2000',
  '2000.0',
  '-1',
  '%00',
  '2025',
  '9'.repeat(500),
]) {
  test(`the year '${text.slice(0, 12)}' is refused`, async () => {
    assert.deepEqual((await send(`/summary?year=${text.replace(' ', '%20')}`)).fields, ['year']);
  });
}

test('an unknown SKU is 404 and named, in a filter and in a path', async () => {
  for (const target of ['/summary?sku=sku_a&sku=nope', '/query/nope/2000', '/series?sku=nope']) {
    const { status, fields } = await send(target);
    assert.deepEqual([target, status, fields], [target, 404, ['sku']]);
  }
});

test('both parts of a path are judged', async () => {
  const { status, fields } = await send('/query/a%00b/1999?x=1');
  assert.deepEqual([status, fields], [400, ['sku', 'year', 'x']]);
});

test('a value that is not percent-encoded UTF-8 is 400, not an unknown SKU', async () => {
  for (const text of ['%zz', '%', '%c3%28', 'sku%ff']) {
    const { status, fields } = await send(`/summary?sku=${text}`);
    assert.deepEqual([text, status, fields], [text, 400, ['sku']]);
  }
});

test('a path that is not percent-encoded UTF-8 is 400', async () => {
  for (const target of ['/query/%ff/2000', '/query/%zz/2000', '/%c3%28']) {
    assert.equal((await send(target)).status, 400, target);
  }
});

test('more than eight series, or a hundred values, are refused', async () => {
  const eight = Array.from({ length: 9 }, () => 'sku=sku_a').join('&');
  assert.deepEqual((await send(`/series?${eight}`)).fields, ['sku']);
  const hundred = Array.from({ length: 101 }, () => 'month=1').join('&');
  assert.deepEqual((await send(`/summary?${hundred}`)).fields, ['month']);
});

test('addresses and heads that are too long are refused', async () => {
  assert.equal((await send(`/summary?sku=${'a'.repeat(9_000)}`)).status, 414);
  assert.equal((await send(`/${'a'.repeat(20_000)}`)).status, 431);
  assert.equal((await send('/summary', 'GET', `x: ${'a'.repeat(20_000)}\r\n`)).status, 431);
});

test('other methods are 405 with Allow where the path exists, else 404', async () => {
  for (const method of [
    'POST',
    'PUT',
    'DELETE',
    'PATCH',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
    'QUERY',
  ]) {
    const { status, headers } = await send('/query/sku_a/2000', method);
    assert.deepEqual([method, status, headers.allow], [method, 405, 'get, head']);
  }
  const body = 'content-type: nonsense\r\ncontent-length: 4\r\n\r\n{bad';
  assert.equal((await send('/summary', 'POST', body)).status, 405);
  assert.equal((await send('/nothing', 'POST')).status, 404);
});

test('a method that HTTP does not know, and bytes that are no HTTP, are 400', async () => {
  assert.equal((await send('/summary', 'NONSENSE')).status, 400);
  assert.equal((await send('/summary', '\0\0')).status, 400);
});

test('a path that is not there is 404', async () => {
  for (const target of ['/summary/', '/nothing', '/page/../main.ts', '/query/sku_a', '//']) {
    assert.equal((await send(target)).status, 404, target);
  }
});

test('a state DB that is away is 503 and worth another try', async () => {
  fake.state.failure = new StateUnavailableError(new Error('connection refused'));
  const { status, headers } = await send('/summary');
  const ofStatus = await fake.http.inject('/status');
  fake.state.failure = undefined;
  assert.deepEqual([status, headers['retry-after']], [503, '1']);
  assert.equal(ofStatus.json().condition, 'state-away');
});

test('a state that is being rebuilt is not shown in parts', async () => {
  fake.state.complete = false;
  const { status } = await send('/summary');
  fake.state.complete = true;
  assert.equal(status, 503);
});

test('a mistake of ours is 500 without its details', async () => {
  fake.state.failure = new Error('secret');
  const answer = await fake.http.inject('/summary');
  fake.state.failure = undefined;
  assert.equal(answer.statusCode, 500);
  assert.doesNotMatch(answer.body, /secret/);
});

test('every answer carries the security headers', async () => {
  for (const target of ['/', '/summary', '/nothing', '/query/%ff/2000']) {
    const { headers } = await fake.http.inject(target);
    assert.match(String(headers['content-security-policy']), /^default-src '(self|none)'/, target);
    assert.equal(headers['x-content-type-options'], 'nosniff', target);
    assert.equal(headers['strict-transport-security'], undefined, target);
  }
});
