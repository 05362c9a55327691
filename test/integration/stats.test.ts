/** The Summary Stats UI on a real Kafka, registry and Valkey: it shows the highest version of each row, whatever happens. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin } from '@platformatic/kafka';
import type { Valkey } from '../../src/app/runtime/valkey.ts';
import { connectValkey } from '../../src/app/runtime/valkey.ts';
import type { DeploymentSpec, Lab } from '../../src/platform/platform.ts';
import { row } from '../app/stats/fake-serving.ts';
import { deployment, startTestLab, until, urlOf } from './lab.ts';
import { openSummaryTopic } from './summary-topic.ts';

let lab: Lab;
let db: Valkey;
let admin: Admin;

before(async () => {
  lab = await startTestLab();
  db = connectValkey(lab.addresses.valkey[1], (error) => assert.fail(error));
  const bootstrapBrokers = lab.addresses.bootstrap.split(',');
  admin = new Admin({ clientId: 'test-admin', bootstrapBrokers });
});

after(async () => {
  await admin.close();
  db.disconnect();
  await lab.down();
});

/** A topic of a test's own, and a UI that reads it until the test ends. */
async function startStats(t: TestContext, name: string, change: Partial<DeploymentSpec> = {}) {
  const topic = `summary-${name}`;
  await createTopic(topic);
  const env = { SUMMARY_TOPIC: topic, STATE_NAMESPACE: name, ...change.env };
  await lab.deploy(deployment('stats', { name, ...change, env }));
  const writer = await openSummaryTopic(lab, 'v1', topic);
  t.after(async () => {
    await writer[Symbol.asyncDispose]();
    await lab.remove(name);
  });
  return { topic, url: await urlOf(lab, name), writer };
}

const compacted = [{ name: 'cleanup.policy', value: 'compact' }];
async function createTopic(topic: string): Promise<void> {
  await admin.createTopics({ topics: [topic], partitions: 6, replicas: 1, configs: compacted });
  await until(`${topic} to exist`, async () => (await admin.listTopics()).includes(topic));
}

interface Status {
  readonly revision: number;
  readonly rows: number;
  readonly undecodable: number;
  readonly condition: string;
  readonly updatedAt: string | null;
}
const statusOf = async (url: string) => (await fetch(`${url}/status`)).json() as Promise<Status>;

/** Manufactured widgets of a SKU in each month of a year; undefined while there is no such answer. */
async function quantities(url: string, sku: string, year = 2000): Promise<number[] | undefined> {
  const response = await fetch(`${url}/query/${sku}/${year}`);
  const body = (await response.json()) as { data?: { manufactured_qty: number }[] };
  return body.data?.map(({ manufactured_qty }) => manufactured_qty);
}

async function untilShown(url: string, sku: string, wanted: readonly number[]): Promise<void> {
  await until(`${sku} to show ${wanted}`, async () => {
    return JSON.stringify(await quantities(url, sku)) === JSON.stringify(wanted);
  });
}

test('rows are shown, the highest version of each, and ready means all of them', async (t) => {
  const { url, writer } = await startStats(t, 'highest');
  await writer.send(
    row('sku_a', 2000, 1, { version: 5, manufactured_qty: 50 }),
    row('sku_a', 2000, 2, { version: 1, manufactured_qty: 10 }),
  );
  await untilShown(url, 'sku_a', [50, 10]);
  await writer.send(row('sku_a', 2000, 1, { version: 4, manufactured_qty: 40 }));
  await writer.send(row('sku_a', 2000, 2, { version: 2, manufactured_qty: 20 }));
  await untilShown(url, 'sku_a', [50, 20]);
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
});

test('an answer is 304 until a row changes', async (t) => {
  const { url, writer } = await startStats(t, 'tags');
  await writer.send(row('sku_a', 2000, 1, { version: 1, manufactured_qty: 1 }));
  await untilShown(url, 'sku_a', [1]);
  const etag = (await fetch(`${url}/summary`)).headers.get('etag') ?? '';
  const again = async () =>
    (await fetch(`${url}/summary`, { headers: { 'if-none-match': etag } })).status;
  assert.equal(await again(), 304);
  await writer.send(row('sku_a', 2000, 1, { version: 1, manufactured_qty: 1 }));
  await sleep(500);
  assert.equal(await again(), 304, 'the same row again is no change');
  await writer.send(row('sku_a', 2000, 1, { version: 2, manufactured_qty: 2 }));
  await untilShown(url, 'sku_a', [2]);
  assert.equal(await again(), 200);
});

test('rows that cannot be read are counted and left out', async (t) => {
  const { url, writer } = await startStats(t, 'undecodable');
  const unknownSchema = Buffer.from([0, 0x7f, 0, 0, 0, 1]);
  await writer.sendBytes([
    ['sku_a|2000-01', Buffer.from('nonsense')],
    ['sku_a|2000-02', unknownSchema],
    ['sku_a|2000-03', Buffer.alloc(0)],
  ]);
  await writer.send(row('sku_a', 2000, 4, { manufactured_qty: 4 }));
  await untilShown(url, 'sku_a', [4]);
  await until('all to be counted', async () => (await statusOf(url)).undecodable === 3);
});

test('a version reads what an older one wrote: what that did not know is null', async (t) => {
  const { url, writer } = await startStats(t, 'newer', { version: 'v2' });
  await writer.send(row('sku_a', 2000, 1, { manufactured_qty: 1 }));
  await untilShown(url, 'sku_a', [1]);
  const response = await fetch(`${url}/summary`);
  const { data } = (await response.json()) as { data: { manufacturing: unknown[] }[] };
  assert.deepEqual(data[0]?.manufacturing, [
    { sku: 'sku_a', totals: { manufactured_qty: 1, defect_qty: null } },
  ]);
});

for (const [what, keys] of [
  ['everything', ['rows', 'changed', 'revision', 'next', 'meta']],
  ['the rows', ['rows']],
  ['rows and changes', ['rows', 'changed']],
  ['the offsets', ['next']],
  ['the revision', ['revision']],
] as const) {
  test(`a state that lost ${what} is read anew, and nothing older is shown meanwhile`, async (t) => {
    const name = `wiped-${keys.length}-${keys[0]}`;
    const { url, writer } = await startStats(t, name);
    for (let version = 1; version <= 20; version++) {
      await writer.send(row('sku_a', 2000, 1, { version, manufactured_qty: version }));
    }
    await untilShown(url, 'sku_a', [20]);
    await db.del(...keys.map((key) => `${name}:${key}`));
    const seen = new Set<string>();
    await until('the state to be whole again', async () => {
      seen.add(JSON.stringify((await quantities(url, 'sku_a')) ?? 'refused'));
      const [rows, complete] = await Promise.all([
        db.hlen(`${name}:rows`),
        db.hget(`${name}:meta`, 'complete'),
      ]);
      return rows === 1 && complete === '1' && (await db.hlen(`${name}:next`)) > 0;
    });
    await untilShown(url, 'sku_a', [20]);
    seen.delete('"refused"');
    assert.deepEqual([...seen], seen.size === 0 ? [] : ['[20]']);
    await writer.send(row('sku_a', 2000, 1, { version: 21, manufactured_qty: 21 }));
    await untilShown(url, 'sku_a', [21]);
  });
}

test('a state that went back to an older copy is read on from there, and nothing older is shown meanwhile', async (t) => {
  const { url, writer } = await startStats(t, 'older');
  const keys = ['rows', 'changed', 'revision', 'next', 'meta'].map((key) => `older:${key}`);
  await writer.send(row('sku_a', 2000, 1, { version: 1, manufactured_qty: 1 }));
  await untilShown(url, 'sku_a', [1]);
  const copies = await Promise.all(keys.map((key) => db.dumpBuffer(key)));
  await writer.send(row('sku_a', 2000, 1, { version: 2, manufactured_qty: 2 }));
  await writer.send(row('sku_a', 2000, 1, { version: 3, manufactured_qty: 3 }));
  await untilShown(url, 'sku_a', [3]);
  const restoring = db.multi();
  for (const [index, key] of keys.entries())
    restoring.restore(key, 0, copies[index] ?? '', 'REPLACE');
  await restoring.exec();
  const seen = new Set<string>();
  await until('the rows to be shown again', async () => {
    const shown = (await quantities(url, 'sku_a')) ?? 'refused';
    seen.add(JSON.stringify(shown));
    return shown !== 'refused';
  });
  assert.deepEqual([...seen], ['"refused"', '[3]']);
});

test('a topic that was made anew replaces all that was shown', async (t) => {
  const { topic, url, writer } = await startStats(t, 'recreated');
  await writer.send(
    row('sku_a', 2000, 1, { version: 100, manufactured_qty: 100 }),
    row('sku_b', 2000, 1, { version: 100, manufactured_qty: 100 }),
  );
  await untilShown(url, 'sku_b', [100]);
  await admin.deleteTopics({ topics: [topic] });
  await until('the topic to be gone', async () => !(await admin.listTopics()).includes(topic));
  await createTopic(topic);
  await using anew = await openSummaryTopic(lab, 'v1', topic);
  await anew.send(row('sku_a', 2000, 1, { version: 1, manufactured_qty: 1 }));
  await untilShown(url, 'sku_a', [1]);
  assert.equal(await quantities(url, 'sku_b'), undefined);
});

test('two processes over one state never go back between them', async (t) => {
  const { url, writer } = await startStats(t, 'replicas', { replicas: 2 });
  const found = (await lab.deployments()).find(({ spec }) => spec.name === 'replicas');
  const urls = (found?.instances ?? []).map((instance) => instance.url);
  assert.equal(urls.length, 2);
  await writer.send(row('sku_a', 2000, 1, { version: 1, manufactured_qty: 1 }));
  await untilShown(url, 'sku_a', [1]);
  const writing = (async () => {
    for (let version = 2; version <= 150; version++) {
      await writer.send(row('sku_a', 2000, 1, { version, manufactured_qty: version }));
    }
  })();
  let last = 1;
  for (let turn = 0; last < 150; turn++) {
    const [shown] = (await quantities(urls[turn % 2] ?? '', 'sku_a')) ?? [];
    assert.ok(shown !== undefined && shown >= last, `${shown} after ${last}`);
    last = shown;
  }
  await writing;
});

test('a process that is killed goes on from its state', async (t) => {
  const { writer } = await startStats(t, 'killed');
  await writer.send(row('sku_a', 2000, 1, { version: 1, manufactured_qty: 1 }));
  await untilShown(await urlOf(lab, 'killed'), 'sku_a', [1]);
  const { revision } = await statusOf(await urlOf(lab, 'killed'));
  await lab.kill('killed-0');
  await writer.send(row('sku_a', 2000, 1, { version: 2, manufactured_qty: 2 }));
  await until('it to answer again', async () => {
    const answer = await quantities(await urlOf(lab, 'killed'), 'sku_a').catch(() => undefined);
    return answer?.[0] === 2;
  });
  assert.equal((await statusOf(await urlOf(lab, 'killed'))).revision, revision + 1);
});

test('while the state DB does not answer requests get 503, and afterwards what was missed', async (t) => {
  const { url, writer } = await startStats(t, 'paused');
  await writer.send(row('sku_a', 2000, 1, { version: 1, manufactured_qty: 1 }));
  await untilShown(url, 'sku_a', [1]);
  await db.call('CLIENT', 'PAUSE', '8000', 'ALL');
  await writer.send(row('sku_a', 2000, 1, { version: 2, manufactured_qty: 2 }));
  const response = await fetch(`${url}/summary`);
  assert.equal(response.status, 503);
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.equal((await statusOf(url)).condition, 'state-away');
  await untilShown(url, 'sku_a', [2]);
});
