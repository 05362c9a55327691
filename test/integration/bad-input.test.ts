/** Whatever lies in the log, good records are counted, bad ones are set aside, and missing or foreign ones halt. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { Admin } from '@platformatic/kafka';
import { createEncoder } from '../../src/app/runtime/avro.ts';
import { openLogReader } from '../../src/app/runtime/log-reader.ts';
import { eachRecord } from '../../src/app/runtime/log-slice.ts';
import type { Message } from '../../src/app/runtime/producer.ts';
import { openProducer } from '../../src/app/runtime/producer.ts';
import { openRegistry } from '../../src/app/runtime/registry.ts';
import type { Valkey } from '../../src/app/runtime/valkey.ts';
import { connectValkey } from '../../src/app/runtime/valkey.ts';
import { version as v1 } from '../../src/app/versions/v1/index.ts';
import type { Lab } from '../../src/platform/platform.ts';
import {
  ask,
  assertExact,
  assign,
  deployment,
  startTestLab,
  until,
  urlOf,
  verified,
} from './lab.ts';

const TOPIC = 'raw-data-in';
const SCHEMA = v1.rawDataSchema('optional');

let lab: Lab;
let db: Valkey;

before(async () => {
  lab = await startTestLab();
  db = connectValkey(lab.addresses.valkey[0], (error) => assert.fail(error));
  await Promise.all([
    lab.deploy(deployment('back-end')),
    lab.deploy(deployment('stats')),
    lab.deploy(deployment('generator', { env: { RATE: '4000' } })),
  ]);
});

after(async () => {
  db.disconnect();
  await lab.down();
});

const registry = () => openRegistry(lab.addresses.registry);

async function send(messages: Message[]): Promise<void> {
  const producer = openProducer(lab.addresses.bootstrap, 'intruder');
  try {
    await producer.send(messages);
  } finally {
    await producer.close();
  }
}

function message(key: string, value: Buffer, seq?: string): Message {
  const headers = new Map(seq === undefined ? [] : [[Buffer.from('seq'), Buffer.from(seq)]]);
  return { topic: TOPIC, key: Buffer.from(key), value, headers, partition: 0 };
}

/** Records that no version could count, one of each kind. */
async function badRecords(): Promise<Message[]> {
  const schemaId = await registry().register(`${TOPIC}-value`, SCHEMA);
  const encoder = createEncoder(SCHEMA, schemaId);
  const good = v1.makeRecord(1, 'sku_000000', 9);
  const encoded = encoder.encode(good);
  const wrongId = Buffer.from(encoded);
  wrongId.writeInt32BE(987_654, 1);
  const huge = Buffer.alloc(900_000, 0x7b);
  const changed = (change: object) => encoder.encode({ ...good, ...change });
  return [
    message('sku_000000', Buffer.from('{"sku":"json, not Avro"}')),
    message('sku_000000', Buffer.alloc(0)),
    message('sku_000000', Buffer.from([0, 0])),
    message('sku_000000', encoded.subarray(0, -3), '5'),
    message('sku_000000', wrongId, '6'),
    message('sku_000000', changed({ manufactured_qty: -1 }), '7'),
    message('sku_000000', changed({ manufactured_qty: 2_147_483_647 }), '8'),
    message('sku_000000', changed({ year: 1999 }), '9'),
    message('sku_000000', changed({ month: 13 }), '9'),
    message('sku_000000', changed({ sku: 'another' }), '9'),
    message('sku_000000', encoded),
    message('sku_000000', encoded, '-1'),
    message('sku_000000', encoded, '9'.repeat(40)),
    message('', encoded, '1'),
    message('sku_000000', huge, '9'),
    { topic: TOPIC, partition: 0, headers: new Map() } as Message,
  ];
}

async function sumOfMeta(field: string): Promise<number> {
  const keys = Array.from({ length: 6 }, (_, partition) => `back-end:{${partition}}:meta`);
  const values = await Promise.all(keys.map((key) => db.hget(key, field)));
  return values.reduce((sum, value) => sum + Number(value), 0);
}

/** Why each partition is halted, by partition; null where it is not. */
async function haltedPartitions(): Promise<(string | null)[]> {
  type Partitions = { partitions: { partition: number; halted: string | null }[] };
  const { partitions } = await ask<Partitions>(`${await urlOf(lab, 'back-end')}/partitions`);
  return partitions.sort((a, b) => a.partition - b.partition).map(({ halted }) => halted);
}

test('bad records of every kind are dead-lettered and counted, and nothing stops', async () => {
  const bad = await badRecords();
  await until('records to flow', async () => (await sumOfMeta('next')) > 1_000);
  await send(bad);
  await until(
    'the bad ones to be counted',
    async () => (await sumOfMeta('undecodable')) === bad.length,
  );
  const next = await sumOfMeta('next');
  await until('records to flow on', async () => (await sumOfMeta('next')) > next + 5_000);
  await assign(lab, []);
  const verdict = await verified(lab);
  assertExact(verdict, 5_000);
  assert.equal(verdict.undecodable, bad.length);
});

test('a dead letter says where it came from and why', async () => {
  const reader = openLogReader({ ...lab.addresses, clientId: 'test', topic: 'raw-data-in.dlq' });
  const [end = 0] = await reader.offsets('end');
  const reasons: string[] = [];
  await reader.read(new Map([[0, [0, end]]]), async (slice) =>
    eachRecord(slice, ({ headers }) => {
      const told = new Map(headers.map(([name, value]) => [String(name), String(value)]));
      assert.equal(told.get('topic'), TOPIC);
      assert.match(told.get('offset') ?? '', /^\d+$/);
      assert.equal(told.get('partition'), '0');
      reasons.push(told.get('error') ?? '');
    }),
  );
  await reader.close();
  assert.ok(reasons.some((reason) => reason === 'schema id 987654 is not in the registry'));
  assert.ok(reasons.some((reason) => reason.startsWith('manufactured_qty -1 lies outside')));
  assert.ok(reasons.every((reason) => reason.length > 0));
});

test('records that a producer writes again are left out of the totals and reported', async () => {
  const before = await verified(lab);
  const reader = openLogReader({ ...lab.addresses, clientId: 'test', topic: TOPIC });
  const [, end = 0] = await reader.offsets('end');
  const again: Message[] = [];
  await reader.read(new Map([[1, [Math.max(0, end - 100), end]]]), async (slice) =>
    eachRecord(slice, ({ key, value, headers }) => {
      const copied = headers as [Buffer, Buffer][];
      again.push({ topic: TOPIC, partition: 1, key, value, headers: new Map(copied) } as Message);
    }),
  );
  await reader.close();
  assert.ok(again.length > 0, 'partition 1 has records');
  await send(again);
  await until('them to be counted', async () => (await sumOfMeta('duplicates')) === again.length);
  const verdict = await verified(lab);
  assert.equal(verdict.duplicated, again.length);
  assert.equal(verdict.invariants.I1?.verdict, 'fail');
  assert.equal(verdict.invariants.I2?.verdict, 'pass');
  assert.equal(verdict.totals.manufactured_qty, before.totals.manufactured_qty);
});

test('a hole in a SKU’s records halts its partition, and says so', async () => {
  const schemaId = await registry().register(`${TOPIC}-value`, SCHEMA);
  const encoder = createEncoder(SCHEMA, schemaId);
  const value = encoder.encode(v1.makeRecord(1, 'sku_000777', 5));
  await send([{ ...message('sku_000777', value, '5'), partition: 2 }]);
  const reason = await until('the halt', async () => (await haltedPartitions())[2] ?? undefined);
  assert.match(reason, /sku_000777 jumps from seq -1 to 5/);
  const ready = await fetch(`${await urlOf(lab, 'back-end')}/readyz`);
  assert.equal(ready.status, 503);
});

test('a topic that is created anew under a running back end is noticed, and the state stays as it was', async () => {
  await lab.remove('generator');
  const before = await db.hgetall('back-end:{4}:totals');
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [lab.addresses.bootstrap] });
  await admin.deleteTopics({ topics: [TOPIC] });
  await until('the topic to be gone', async () => !(await admin.listTopics()).includes(TOPIC));
  await admin.createTopics({ topics: [TOPIC], partitions: 6, replicas: 1 });
  await admin.close();
  const reasons = await until('every partition to halt', async () => {
    const halted = await haltedPartitions();
    return halted.every((reason) => reason !== null) && halted;
  });
  assert.match(String(reasons[4]), /the topic was created anew/);
  assert.deepEqual(await db.hgetall('back-end:{4}:totals'), before);
});
