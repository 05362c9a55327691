/** The protocol on a real Valkey: totals and offset change together, in order, once, and only by the owner. */
import assert from 'node:assert/strict';
import test, { after, before, beforeEach } from 'node:test';
import { seqsText } from '../../src/app/back-end/batch-text.ts';
import type { FoldedBatch } from '../../src/app/back-end/fold.ts';
import type { PartitionState } from '../../src/app/back-end/partition-state.ts';
import { openPartitionState } from '../../src/app/back-end/partition-state.ts';
import type { Valkey } from '../../src/app/runtime/valkey.ts';
import { connectValkey } from '../../src/app/runtime/valkey.ts';
import { rowsText } from '../app/rows-text.ts';
import { startValkey } from './valkey-server.ts';

const TOPIC = 'topic-a';
const FIRST = { deployment: 1, generation: 5, owner: 'a' };
const LATER = { deployment: 1, generation: 6, owner: 'b' };

let server: Awaited<ReturnType<typeof startValkey>>;
let client: Valkey;
let state: PartitionState;
let incarnation: string;

before(async () => {
  server = await startValkey();
  client = connectValkey(server.address, (error) => assert.fail(error));
});

after(async () => {
  client.disconnect();
  await server[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await client.flushall();
  state = openPartitionState(client, 'test', 3);
  await state.initialise(FIRST, TOPIC, 0);
  const acquired = await state.acquire(FIRST, TOPIC);
  assert.ok(acquired.status === 'OK');
  incarnation = acquired.incarnation;
});

function batch(
  first: number,
  next: number,
  before: number,
  rows: Record<string, number[]>,
): FoldedBatch {
  const seqs = seqsText([{ sku: 's', before, last: before + next - first }]);
  return batchOf(first, next, seqs, rows);
}

/** `rows`: `s|<yyyy-mm>` → integers to add. */
function batchOf(first: number, next: number, seqs: Buffer, rows: Record<string, number[]>) {
  const added = Object.entries(rows).map(([key, sums]) => {
    const [sku = '', year, month] = key.split(/[|-]/);
    return { sku, year: Number(year), month: Number(month), sums };
  });
  const counts = { undecodable: 0, duplicates: 0, deadLetters: [] };
  return { first, next, seqs, rows: rowsText(added), ...counts };
}

const totals = () => client.hgetall('test:{3}:totals');
const snapshot = async () => [
  await client.hgetall('test:{3}:meta'),
  await client.hgetall('test:{3}:seq'),
  await totals(),
  await client.hgetall('test:{3}:dirty'),
];

test('batches in order add up, exactly, beyond what Lua prints without rounding', async () => {
  const large = 4_503_599_627_370_495;
  assert.equal(
    await state.apply(FIRST, incarnation, batch(0, 10, -1, { 's|2000-01': [10, large] })),
    'OK',
  );
  assert.equal(
    await state.apply(FIRST, incarnation, batch(10, 12, 9, { 's|2000-01': [2, large] })),
    'OK',
  );
  assert.deepEqual(await totals(), { 's|2000-01': `12 ${2 * large}` });
  assert.equal(await client.hget('test:{3}:meta', 'next'), '12');
  assert.equal((await state.progress()).get('s')?.last, 11);
});

test('a batch that was applied is not applied again', async () => {
  const once = batch(0, 10, -1, { 's|2000-01': [10, 5] });
  assert.equal(await state.apply(FIRST, incarnation, once), 'OK');
  const before = await snapshot();
  assert.equal(await state.apply(FIRST, incarnation, once), 'DUPLICATE');
  assert.deepEqual(await snapshot(), before);
});

test('overlapping, leaping and mis-sequenced batches change nothing', async () => {
  await state.apply(FIRST, incarnation, batch(0, 10, -1, { 's|2000-01': [10, 5] }));
  const before = await snapshot();
  const row = { 's|2000-01': [5, 5] };
  assert.equal(await state.apply(FIRST, incarnation, batch(5, 15, 4, row)), 'OVERLAP');
  assert.equal(await state.apply(FIRST, incarnation, batch(11, 15, 10, row)), 'GAP');
  assert.equal(await state.apply(FIRST, incarnation, batch(10, 15, 12, row)), 'SEQ');
  assert.deepEqual(await snapshot(), before);
});

test('an earlier owner can neither apply nor publish once a later one has acquired', async () => {
  await state.apply(FIRST, incarnation, batch(0, 10, -1, { 's|2000-01': [10, 5] }));
  assert.equal((await state.acquire(LATER, TOPIC)).status, 'OK');
  const before = await snapshot();
  assert.equal(
    await state.apply(FIRST, incarnation, batch(10, 12, 9, { 's|2000-01': [2, 1] })),
    'FENCED',
  );
  assert.deepEqual(await Array.fromAsync(state.unpublished(FIRST, incarnation)), []);
  assert.equal((await state.acquire(FIRST, TOPIC)).status, 'FENCED');
  assert.deepEqual(await snapshot(), before);
});

test('of two members of one generation only the first has a partition', async () => {
  assert.equal((await state.acquire({ ...FIRST, owner: 'b' }, TOPIC)).status, 'FENCED');
  assert.equal((await state.acquire(FIRST, TOPIC)).status, 'OK');
});

test('a later deployment epoch wins over any generation of an earlier one', async () => {
  assert.equal(
    (await state.acquire({ deployment: 2, generation: 1, owner: 'c' }, TOPIC)).status,
    'OK',
  );
  assert.equal((await state.acquire({ ...FIRST, generation: 99 }, TOPIC)).status, 'FENCED');
});

test('state that is gone is not created by applying', async () => {
  await client.flushall();
  assert.equal(
    await state.apply(FIRST, incarnation, batch(0, 1, -1, { 's|2000-01': [1, 1] })),
    'NOSTATE',
  );
  assert.equal(await client.dbsize(), 0);
  assert.deepEqual(await state.acquire(FIRST, TOPIC), { status: 'NOSTATE' });
});

test('state that was lost and created anew refuses batches of the life before', async () => {
  await client.flushall();
  await state.initialise(FIRST, TOPIC, 0);
  assert.equal(
    await state.apply(FIRST, incarnation, batch(0, 1, -1, { 's|2000-01': [1, 1] })),
    'NOSTATE',
  );
});

test('creating state removes what a partial loss left, and never touches state that is there', async () => {
  await state.apply(FIRST, incarnation, batch(0, 10, -1, { 's|2000-01': [10, 5] }));
  const before = await snapshot();
  await state.initialise(LATER, TOPIC, 0);
  assert.deepEqual(await snapshot(), before);
  await client.del('test:{3}:meta');
  await state.initialise(LATER, TOPIC, 0);
  assert.deepEqual(await totals(), {});
});

test('another topic of the same name is noticed', async () => {
  assert.deepEqual(await state.acquire(LATER, 'topic-b'), {
    status: 'TOPIC',
    storedTopicId: TOPIC,
  });
});

test('a row stays unpublished until the very version that was published is confirmed', async () => {
  await state.apply(
    FIRST,
    incarnation,
    batch(0, 10, -1, { 's|2000-01': [10, 5], 's|2000-02': [1, 1] }),
  );
  const [page] = await Array.fromAsync(state.unpublished(FIRST, incarnation));
  assert.ok(page);
  assert.deepEqual(
    page.rows.map(({ version, columns }) => [version, columns]),
    [
      [10, [10, 5]],
      [10, [1, 1]],
    ],
  );
  await state.apply(FIRST, incarnation, batch(10, 12, 9, { 's|2000-01': [2, 2] }));
  await state.confirm(incarnation, page);
  const left = await Array.fromAsync(state.unpublished(FIRST, incarnation));
  assert.deepEqual(
    left.flatMap(({ rows }) => rows),
    [
      {
        key: Buffer.from('s|2000-01'),
        ...{ sku: 's', year: 2000, month: 1 },
        ...{ version: 12, columns: [12, 7] },
      },
    ],
  );
});

test('a version that knows fewer columns leaves the others as they are', async () => {
  const wider = openPartitionState(client, 'test', 3);
  await wider.apply(FIRST, incarnation, batch(0, 2, -1, { 's|2000-01': [2, 5, 3, 2] }));
  await state.apply(FIRST, incarnation, batch(2, 3, 1, { 's|2000-01': [1, 5] }));
  assert.deepEqual(await totals(), { 's|2000-01': '3 10 3 2' });
});

test('batches of many SKUs and rows pass in one call', async () => {
  const skus = Array.from({ length: 9_000 }, (_, at) => `s${at}`);
  const seqs = seqsText(skus.map((sku) => ({ sku, before: -1, last: 0 })));
  const rows = Object.fromEntries(skus.map((sku, at) => [`${sku}|2000-01`, [1, at]]));
  const many = batchOf(0, 9_000, seqs, rows);
  assert.equal(await state.apply(FIRST, incarnation, many), 'OK');
  assert.equal(await client.hlen('test:{3}:totals'), 9_000);
  assert.equal(await client.hget('test:{3}:totals', 's8999|2000-01'), '1 8999');
  const pages = await Array.fromAsync(state.unpublished(FIRST, incarnation));
  const listed = pages.flatMap(({ rows }) => rows.map(({ key }) => key.toString()));
  assert.equal(new Set(listed).size, 9_000);
  for (const page of pages) await state.confirm(incarnation, page);
  assert.equal(await client.hlen('test:{3}:dirty'), 0);
});
