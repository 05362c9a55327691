/** The live verification on a real lab: it passes through an upgrade, and sees each bug that is planted into the servers. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { Producer } from '@platformatic/kafka';
import { Redis } from 'iovalkey';
import type { Verdict } from '../../src/checker/verdict.ts';
import { openKafka, topicEnds } from '../../src/history/kafka-client.ts';
import type { Lab } from '../../src/platform/platform.ts';
import { verifyLive } from '../../src/verify-live.ts';
import { assertExact, assign, deployment, startTestLab, until, verified } from './lab.ts';

const RAW = 'raw-data-in';
const SKUS = 10;

let lab: Lab;
let db: Redis;

before(async () => {
  lab = await startTestLab({ run: { skus: SKUS, order: 'shuffled' } });
  const [host = '', port] = lab.addresses.valkey[0].split(':');
  db = new Redis({ host, port: Number(port) });
  await deployAll('v1');
});

after(async () => {
  db.disconnect();
  await lab.down();
});

/** All three programs at a version, consumers first. */
async function deployAll(version: string): Promise<void> {
  await lab.deploy(deployment('stats', { version }));
  await lab.deploy(deployment('back-end', { version }));
  const env = { SKUS: `0-${SKUS - 1}`, ORDER: 'shuffled', RATE: '3000' };
  await lab.deploy(deployment('generator', { version, env }));
}

async function produced(): Promise<number> {
  await using kafka = openKafka(lab.addresses.bootstrap, [RAW]);
  return (await topicEnds(kafka, RAW)).reduce((sum, end) => sum + end, 0);
}

async function moreRecords(count: number): Promise<void> {
  const start = await produced();
  await until(`${count} more records`, async () => (await produced()) >= start + count);
}

async function send(topic: string, key: string, value: Buffer, partition = 0): Promise<void> {
  const producer = new Producer({
    clientId: 'intruder',
    bootstrapBrokers: lab.addresses.bootstrap.split(','),
  });
  const messages = [{ topic, partition, key: Buffer.from(key), value }];
  await producer.send({ messages, acks: -1 });
  await producer.close();
}

function failed(verdict: Verdict): string[] {
  return Object.values(verdict.invariants)
    .filter((invariant) => invariant.verdict === 'fail')
    .map(({ id }) => id);
}

test('nothing is wrong at any time of an upgrade from v1 over v2 to v3', async () => {
  for (const version of ['v1', 'v2', 'v3']) {
    if (version !== 'v1') await deployAll(version);
    await moreRecords(8_000);
    const live = { ...lab, deployments: await lab.deployments() };
    const { verdict } = await verifyLive(live, { timeoutMs: 5_000 });
    assert.deepEqual(failed(verdict), [], JSON.stringify(verdict, null, 2));
    assert.equal(verdict.invariants.I3?.verdict, 'pass');
  }
  await assign(lab, []);
  const verdict = await verified(lab);
  assertExact(verdict, 24_000);
  assert.equal(verdict.totals.production_cost, null, 'months that v1 began have no true cost');
});

test('records that were not produced are lost where a complete run is asked for', async () => {
  const live = { ...lab, deployments: await lab.deployments() };
  const { verdict } = await verifyLive(live, { complete: true, timeoutMs: 2_000 });
  assert.equal(verdict.lost, SKUS * 211_824 - verdict.records);
  assert.deepEqual(failed(verdict), ['I1']);
});

test('a total that was changed in the state is found by I2 and I3', async () => {
  const [partition, key, row] = await firstRow();
  const columns = row.split(' ').map(Number);
  const changed = [columns[0], Number(columns[1]) + 1, ...columns.slice(2)].join(' ');
  await db.hset(`back-end:{${partition}}:totals`, key, changed);
  const verdict = await verified(lab);
  await db.hset(`back-end:{${partition}}:totals`, key, row);
  assert.deepEqual(failed(verdict), ['I2', 'I3']);
  assert.equal(verdict.invariants.I3?.findings[0]?.what, 'state: manufactured_qty');
});

test('a state that went back to an earlier next is found by I3', async () => {
  const [partition] = await firstRow();
  await lab.remove('back-end'); // it looks every two seconds, and would count the ten again as duplicates
  const next = Number(await db.hget(`back-end:{${partition}}:meta`, 'next'));
  await db.hset(`back-end:{${partition}}:meta`, 'next', next - 10);
  const live = { ...lab, deployments: await lab.deployments() };
  const { verdict } = await verifyLive(live, { timeoutMs: 500 });
  await db.hset(`back-end:{${partition}}:meta`, 'next', next);
  await lab.deploy(deployment('back-end', { version: 'v3' }));
  assert.ok(failed(verdict).includes('I3'));
  assert.ok(verdict.duplicated > 0);
});

test('a reader schema that cannot read the log is found by I9', async () => {
  const subject = `${lab.addresses.registry}/subjects/${RAW}-value`;
  const config = `${lab.addresses.registry}/config/${RAW}-value`;
  await call('PUT', config, { compatibility: 'NONE' });
  const fields = ['manufactured_qty', 'batch', 'year', 'month', 'day', 'hour'].map((name) => ({
    ...{ name, type: 'int' },
  }));
  const sku = { name: 'sku', type: 'string' };
  const schema = {
    type: 'record',
    name: 'RawData',
    namespace: 'cutover',
    fields: [sku, ...fields],
  };
  await call('POST', `${subject}/versions`, { schema: JSON.stringify(schema) });
  const verdict = await verified(lab);
  await call('DELETE', `${subject}/versions/latest`);
  assert.deepEqual(failed(verdict), ['I9']);
  assert.equal(verdict.undecodable, verdict.records);
  assertExact(await verified(lab), 24_000);
});

test('what cannot be asked is unknown, never a pass', async () => {
  const deployments = await lab.deployments();
  const nowhere = '127.0.0.1:1';
  const noState = { ...lab.addresses, valkey: [nowhere, nowhere] as const };
  const noRegistry = { ...lab.addresses, registry: `http://${nowhere}` };
  const noKafka = { ...lab.addresses, bootstrap: nowhere };
  for (const addresses of [noState, noRegistry, noKafka]) {
    const { verdict } = await verifyLive({ ...lab, addresses, deployments }, { timeoutMs: 500 });
    assert.equal(verdict.verdict, 'unknown', JSON.stringify(verdict, null, 2));
    assert.ok(verdict.errors.length > 0);
  }
});

test('a generator or a REST instance that does not answer is told', async () => {
  const deployments = (await lab.deployments()).map((each) => ({
    ...each,
    instances: each.instances.map((instance) => ({ ...instance, url: 'http://127.0.0.1:1' })),
  }));
  const { verdict } = await verifyLive({ ...lab, deployments }, { timeoutMs: 500 });
  assert.equal(verdict.unavailable, 1);
  assert.deepEqual(failed(verdict), ['I2']);
  assert.match(verdict.invariants.I1?.detail ?? '', /1 of 1 generators did not answer/);
});

test('a bad record that nobody has read yet is counted, and the rest inconclusive', async () => {
  await lab.remove('generator');
  await lab.remove('back-end');
  await send(RAW, 'sku_000000', Buffer.from('no Avro'));
  const live = { ...lab, deployments: await lab.deployments() };
  const { verdict } = await verifyLive(live, { timeoutMs: 500 });
  assert.equal(verdict.verdict, 'inconclusive', JSON.stringify(verdict, null, 2));
  assert.equal(verdict.undecodable, 1);
  assert.match(verdict.invariants.I2?.detail ?? '', /not drained: lag 1 records/);
});

test('a bad record that was passed over without a dead letter is found by I9', async () => {
  await db.hincrby('back-end:{0}:meta', 'next', 1);
  const verdict = await verified(lab);
  assert.ok(failed(verdict).includes('I9'));
  assert.match(verdict.invariants.I9?.findings[0]?.what ?? '', /was not dead-lettered/);
});

test('a summary row that does not decode is found by I2', async () => {
  await send('summary-stats', 'sku_000000|2000-01', Buffer.from('no Avro'));
  const verdict = await verified(lab);
  assert.ok(
    verdict.invariants.I2?.findings.some(({ what }) => what === 'summary rows do not decode'),
  );
});

async function call(method: string, url: string, body?: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  assert.ok(answer.ok, `${method} ${url}: ${answer.status} ${await answer.text()}`);
}

async function firstRow(): Promise<[partition: number, key: string, row: string]> {
  for (let partition = 0; partition < 6; partition++) {
    const totals = Object.entries(await db.hgetall(`back-end:{${partition}}:totals`));
    const [first] = totals;
    if (first) return [partition, ...first];
  }
  return assert.fail('no partition has state');
}
