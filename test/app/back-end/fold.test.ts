/** A slice folds into sums, and whatever cannot be counted is set aside without harm to the rest. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { foldSlice, unpreparedSchemas } from '../../../src/app/back-end/fold.ts';
import { createDecoder, createEncoder } from '../../../src/app/runtime/avro.ts';
import type { Slice } from '../../../src/app/runtime/log-slice.ts';
import type { RawRecord } from '../../../src/app/version.ts';
import { version as v1 } from '../../../src/app/versions/v1/index.ts';
import type { TestRecord } from '../stored-batch.ts';
import { storedBatch } from '../stored-batch.ts';

const schema = v1.rawDataSchema('optional');
const encoder = createEncoder(schema, 1);

/** A record of a SKU as the generator writes it, with what a test wants otherwise. */
function stored(
  sku: string,
  seq: number,
  change: { seq?: string; key?: string; value?: Buffer } = {},
) {
  const value = change.value ?? encoder.encode(v1.makeRecord(1, sku, seq));
  const header = change.seq ?? String(seq);
  return {
    key: Buffer.from(change.key ?? sku),
    value,
    headers: [['seq', header] as const],
  };
}

function sliceOf(from: number, records: readonly TestRecord[]): Slice {
  const batches = [storedBatch(from, records)];
  return { partition: 0, from, next: from + records.length, logEnd: 999, batches };
}

async function fold(slice: Slice, lastSeqs = new Map<string, number>()) {
  const registry = {
    register: async () => 1,
    schemaById: async (id: number) => (id === 1 ? schema : undefined),
  };
  const decoder = createDecoder<RawRecord>(schema, registry);
  for (const id of unpreparedSchemas(slice, decoder)) await decoder.prepare(id);
  return { batch: foldSlice(slice, v1, decoder, lastSeqs), lastSeqs };
}

function qty(sku: string, ...hours: number[]): number {
  return hours.reduce((sum, hour) => sum + Number(v1.makeRecord(1, sku, hour).manufactured_qty), 0);
}

test('records of several SKUs add up per SKU and month', async () => {
  const records = [8, 9].flatMap((seq) => [stored('sku_000000', seq), stored('sku_000001', seq)]);
  const known = new Map([
    ['sku_000000', 7],
    ['sku_000001', 7],
  ]);
  const { batch, lastSeqs } = await fold(sliceOf(40, records), known);
  assert.deepEqual(batch.rows.get('sku_000000|2000-01'), [2, qty('sku_000000', 8, 9)]);
  assert.deepEqual(batch.rows.get('sku_000001|2000-01'), [2, qty('sku_000001', 8, 9)]);
  assert.deepEqual(batch.seqs.get('sku_000000'), { before: 7, last: 9 });
  assert.equal(lastSeqs.get('sku_000001'), 9);
  assert.deepEqual([batch.first, batch.next, batch.gap], [40, 44, undefined]);
});

test('what a producer wrote twice is counted once', async () => {
  const records = [stored('sku_000000', 0), stored('sku_000000', 1), stored('sku_000000', 1)];
  const { batch } = await fold(sliceOf(0, [...records, stored('sku_000000', 0)]));
  assert.equal(batch.duplicates, 2);
  assert.deepEqual(batch.rows.get('sku_000000|2000-01')?.[0], 2);
});

test('a hole in a SKU’s records ends the batch before it', async () => {
  const records = [stored('sku_000000', 0), stored('sku_000000', 2), stored('sku_000000', 3)];
  const { batch } = await fold(sliceOf(10, records));
  assert.equal(batch.next, 11);
  assert.match(batch.gap ?? '', /offset 11: sku_000000 jumps from seq 0 to 2/);
  assert.equal(batch.rows.get('sku_000000|2000-01')?.[0], 1);
});

test('bad records become dead letters, and the good ones between them are counted', async () => {
  const wrongId = Buffer.from(encoder.encode(v1.makeRecord(1, 'sku_000000', 2)));
  wrongId.writeInt32BE(99, 1);
  const negative = encoder.encode({ ...v1.makeRecord(1, 'sku_000000', 9), manufactured_qty: -5 });
  const records = [
    stored('sku_000000', 0),
    { key: Buffer.from('x'), value: Buffer.from('garbage'), headers: [] },
    { key: null, value: null, headers: [] },
    stored('sku_000000', 1, { value: wrongId }),
    stored('sku_000000', 2, { value: negative }),
    stored('sku_000000', 3, { key: 'sku_000009' }),
    stored('sku_000000', 3, { seq: 'three' }),
    stored('sku_000000', 3),
  ];
  const { batch } = await fold(sliceOf(0, records));
  const errors = batch.deadLetters.map(({ record, error }) => `${record.offset} ${error}`);
  assert.equal(errors.length, 6, errors.join('\n'));
  assert.match(errors[0] ?? '', /^1 the value starts with byte 103/);
  assert.match(errors[2] ?? '', /^3 schema id 99 is not in the registry/);
  assert.match(errors[3] ?? '', /^4 manufactured_qty -5/);
  assert.match(errors[4] ?? '', /^5 the key is not the sku/);
  assert.match(errors[5] ?? '', /^6 the header seq/);
  assert.equal(batch.gap, undefined, 'bad records with their seq leave no hole');
  assert.equal(batch.rows.get('sku_000000|2000-01')?.[0], 2);
  assert.equal(batch.next, 8);
});

test('a forged seq on a bad record does not hide good records', async () => {
  const forged = {
    key: Buffer.from('sku_000000'),
    value: Buffer.from('bad'),
    headers: stored('sku_000000', 500).headers,
  };
  const { batch } = await fold(
    sliceOf(0, [stored('sku_000000', 0), forged, stored('sku_000000', 1)]),
  );
  assert.equal(batch.duplicates, 0);
  assert.equal(batch.rows.get('sku_000000|2000-01')?.[0], 2);
});
