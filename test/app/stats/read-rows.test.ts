/** Summary rows are read out of the topic; what cannot be read, or cannot be true, is left out and handed over. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { createDecoder, createEncoder } from '../../../src/app/runtime/avro.ts';
import type { Slice } from '../../../src/app/runtime/log-slice.ts';
import { readRows } from '../../../src/app/stats/read-rows.ts';
import type { SummaryRow } from '../../../src/app/version.ts';
import { loadVersion } from '../../../src/app/versions/load.ts';
import { storedBatch } from '../stored-batch.ts';
import { row } from './fake-serving.ts';

const v1 = await loadVersion('v1');
const v2 = await loadVersion('v2');
const encoder = createEncoder(v1.summarySchema, 1);
const registry = {
  register: async () => 1,
  schemaById: async (id: number) => (id === 1 ? v1.summarySchema : undefined),
};

type Sent = readonly [key: string, value: Buffer | null];

function sent(change: Partial<SummaryRow> & { key?: string }): Sent {
  const { key = 'sku_a|2000-01', ...fields } = change;
  return [key, encoder.encode(row('sku_a', 2000, 1, fields))];
}

/** Reads messages as one slice that starts at `from`. */
async function read(messages: readonly Sent[], from = 0) {
  const records = messages.map(([key, value]) => ({ key: Buffer.from(key), value }));
  const batches = messages.length === 0 ? [] : [storedBatch(0, records)];
  const slice: Slice = { partition: 0, from, next: 10, logEnd: 10, batches };
  const rejected: string[] = [];
  const decoder = createDecoder<SummaryRow>(v2.summarySchema, registry);
  const rows = await readRows(slice, decoder, (_, error) => rejected.push(String(error)));
  return { rows, rejected };
}

test('of each key the highest version is kept, of equal ones the last', async () => {
  const { rows } = await read([
    sent({ version: 3, manufactured_qty: 1 }),
    sent({ version: 5, manufactured_qty: 2 }),
    sent({ version: 5, manufactured_qty: 3 }),
    sent({ version: 4, manufactured_qty: 4 }),
  ]);
  assert.deepEqual(
    rows.map(({ offset, key, row }) => [offset, key, row.version, row.manufactured_qty]),
    [[2, 'sku_a|2000-01', 5, 3]],
  );
});

test('a field that the writer did not know is null', async () => {
  const { rows } = await read([sent({})]);
  assert.equal(rows[0]?.row.defect_qty, null);
});

test('records before the slice are left out', async () => {
  const { rows } = await read([sent({ version: 9 }), sent({ version: 1 })], 1);
  assert.equal(rows[0]?.row.version, 1);
});

const foreign = Buffer.from([0, 0, 0, 0, 7, 1, 2]);
const bad: readonly (readonly [why: string, sent: Sent])[] = [
  ['no value', ['sku_a|2000-01', null]],
  ['too short to hold a schema id', ['sku_a|2000-01', Buffer.from([0, 0])]],
  ['no wire format', ['sku_a|2000-01', Buffer.from('nonsense')]],
  ['an unknown schema id', ['sku_a|2000-01', foreign]],
  ['cut off', ['sku_a|2000-01', encoder.encode(row('sku_a', 2000, 1)).subarray(0, 9)]],
  ['another key', sent({ key: 'sku_a|2000-02' })],
  ['a year without data', sent({ year: 1999, key: 'sku_a|1999-01' })],
  ['a month that is none', sent({ month: 13, key: 'sku_a|2000-13' })],
  ['a negative version', sent({ version: -1 })],
  ['an empty SKU', sent({ sku: '', key: '|2000-01' })],
];
for (const [why, message] of bad) {
  test(`a record is left out, and those around it are not: ${why}`, async () => {
    const around = sent({ version: 2 });
    const { rows, rejected } = await read([around, message, sent({ version: 3 })]);
    assert.equal(rejected.length, 1);
    assert.deepEqual(
      rows.map(({ row }) => row.version),
      [3],
    );
  });
}
