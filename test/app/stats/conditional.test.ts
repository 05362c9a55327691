/** Conditional requests: a tag that changes exactly when the answer may, and 304 where it did not. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { EntityCache, entityTag, namesTag } from '../../../src/app/stats/http/entity.ts';
import { createFakeHttp, row } from './fake-serving.ts';

const rows = [row('sku_a', 2000, 1), row('sku_b', 2001, 1)];

test('an answer that did not change is 304 without a body', async () => {
  const { http } = await createFakeHttp('v1', rows);
  const first = await http.inject('/summary');
  const etag = String(first.headers.etag);
  assert.match(etag, /^"[\w-]+"$/);
  assert.equal(first.headers['cache-control'], 'no-cache');
  const headers = { 'if-none-match': `"other", W/${etag}` };
  const second = await http.inject({ url: '/summary', headers });
  assert.deepEqual([second.statusCode, second.body, second.headers.etag], [304, '', etag]);
});

test('the tag changes with the revision, the query and the version', async () => {
  const tagOf = async (version: string, url: string, changes = 0) => {
    const { http, state } = await createFakeHttp(version, rows);
    for (let i = 0; i < changes; i++) state.put(row('sku_a', 2000, 1));
    return http.inject(url).then(({ headers }) => headers.etag);
  };
  const tags = await Promise.all([
    tagOf('v1', '/summary'),
    tagOf('v1', '/summary', 1),
    tagOf('v1', '/summary?year=2000'),
    tagOf('v2', '/summary'),
    tagOf('v1', '/sku_names'),
    tagOf('v1', '/query/sku_a/2000'),
  ]);
  assert.equal(new Set(tags).size, tags.length);
  assert.equal(
    await tagOf('v1', '/summary?year=2001&year=2000'),
    await tagOf('v1', '/summary?year=2000&year=2001'),
  );
});

test('HEAD has the head of GET', async () => {
  const { http } = await createFakeHttp('v1', rows);
  const get = await http.inject('/summary');
  const head = await http.inject({ method: 'HEAD', url: '/summary' });
  assert.equal(head.body, '');
  for (const name of ['etag', 'content-length', 'content-type']) {
    assert.equal(head.headers[name], get.headers[name], name);
  }
});

test('If-None-Match is a list of tags, weak ones too, or a star', () => {
  assert.ok(namesTag('"a", W/"b"', '"b"'));
  assert.ok(namesTag('*', '"b"'));
  assert.ok(!namesTag('"ab"', '"b"'));
  assert.ok(!namesTag(undefined, '"b"'));
});

test('a body is made once for a tag, and again for another', () => {
  const cache = new EntityCache();
  let made = 0;
  const make = () => String(++made);
  const entity = { name: '/x', stamp: '1', type: 'text/plain', make };
  const bodies = ['a', 'a', 'b', 'b'].map((stamp) =>
    cache.body(entity, entityTag(stamp)).toString(),
  );
  assert.deepEqual(bodies, ['1', '1', '2', '2']);
});

test('the cache lets go of the oldest bodies beyond its size', () => {
  const cache = new EntityCache();
  const big = 'x'.repeat(7 * 1024 * 1024);
  const made: string[] = [];
  const body = (name: string) => {
    const make = () => {
      made.push(name);
      return big;
    };
    cache.body({ name, stamp: '', type: '', make }, entityTag(name));
  };
  for (const name of ['/1', '/2', '/3', '/3', '/2', '/1']) body(name);
  assert.deepEqual(made, ['/1', '/2', '/3', '/1']);
});
