/** A slice folds into sums, and whatever cannot be counted is set aside without harm to the rest. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { FoldedBatch, SkuProgress } from '../../../src/app/back-end/fold.ts';
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

async function fold(slice: Slice, progress = new Map<string, SkuProgress>()) {
  const registry = {
    register: async () => 1,
    schemaById: async (id: number) => (id === 1 ? schema : undefined),
  };
  const decoder = createDecoder<RawRecord>(schema, registry);
  for (const id of unpreparedSchemas(slice, decoder)) await decoder.prepare(id);
  return { batch: foldSlice(slice, v1, decoder, progress), progress };
}

/** `<sku>|<yyyy-mm>` → integers to add. */
function rowsOf(batch: FoldedBatch): Map<string, number[]> {
  const rows = batch.rows.toString().split(';').slice(0, -1);
  return new Map(
    rows.map((row) => {
      const [key = '', ...integers] = row.split(' ');
      return [key, integers.map(Number)];
    }),
  );
}

function qty(sku: string, ...hours: number[]): number {
  return hours.reduce((sum, hour) => sum + Number(v1.makeRecord(1, sku, hour).manufactured_qty), 0);
}

test('records of several SKUs add up per SKU and month', async () => {
  const records = [8, 9].flatMap((seq) => [stored('sku_000000', seq), stored('sku_000001', seq)]);
  const known = new Map([
    ['sku_000000', { last: 7, place: 0 }],
    ['sku_000001', { last: 7, place: 0 }],
  ]);
  const { batch, progress } = await fold(sliceOf(40, records), known);
  assert.deepEqual(rowsOf(batch).get('sku_000000|2000-01'), [2, qty('sku_000000', 8, 9)]);
  assert.deepEqual(rowsOf(batch).get('sku_000001|2000-01'), [2, qty('sku_000001', 8, 9)]);
  assert.equal(batch.seqs.toString(), 'sku_000000 7 9;sku_000001 7 9;');
  assert.equal(progress.get('sku_000001')?.last, 9);
  assert.deepEqual([batch.first, batch.next, batch.gap], [40, 44, undefined]);
});

test('what a producer wrote twice is counted once', async () => {
  const records = [stored('sku_000000', 0), stored('sku_000000', 1), stored('sku_000000', 1)];
  const { batch } = await fold(sliceOf(0, [...records, stored('sku_000000', 0)]));
  assert.equal(batch.duplicates, 2);
  assert.deepEqual(rowsOf(batch).get('sku_000000|2000-01')?.[0], 2);
});

test('a SKU goes on where the slice before ended, also after others came between', async () => {
  const first = [stored('sku_000000', 0), stored('sku_000001', 0), stored('sku_000000', 1)];
  const { progress } = await fold(sliceOf(0, first));
  const { batch } = await fold(
    sliceOf(3, [stored('sku_000001', 1), stored('sku_000002', 0)]),
    progress,
  );
  assert.equal(batch.seqs.toString(), 'sku_000001 0 1;sku_000002 -1 0;');
  assert.deepEqual([...rowsOf(batch).keys()], ['sku_000001|2000-01', 'sku_000002|2000-01']);
  const { batch: third } = await fold(sliceOf(5, [stored('sku_000000', 2)]), progress);
  assert.equal(third.seqs.toString(), 'sku_000000 1 2;');
});

test('months of a SKU are rows of their own, December and January too', async () => {
  const hours = [0, 744, 8_760, 8_783, 8_784, 1]; // January and February 2000, its last two days, January 2001, and back
  const progress = new Map([['sku_000000', { last: -1, place: 0 }]]);
  const records = hours.map((hour, seq) => {
    const value = encoder.encode(v1.makeRecord(1, 'sku_000000', hour));
    return stored('sku_000000', seq, { value });
  });
  const { batch } = await fold(sliceOf(0, records), progress);
  const counts = [...rowsOf(batch)].map(([key, [count]]) => [key, count]);
  assert.deepEqual(counts, [
    ['sku_000000|2000-01', 2],
    ['sku_000000|2000-02', 1],
    ['sku_000000|2000-12', 2],
    ['sku_000000|2001-01', 1],
  ]);
});

test('a hole in a SKU’s records ends the batch before it', async () => {
  const records = [stored('sku_000000', 0), stored('sku_000000', 2), stored('sku_000000', 3)];
  const { batch } = await fold(sliceOf(10, records));
  assert.equal(batch.next, 11);
  assert.match(batch.gap ?? '', /offset 11: sku_000000 jumps from seq 0 to 2/);
  assert.equal(rowsOf(batch).get('sku_000000|2000-01')?.[0], 1);
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
  assert.equal(rowsOf(batch).get('sku_000000|2000-01')?.[0], 2);
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
  assert.equal(rowsOf(batch).get('sku_000000|2000-01')?.[0], 2);
});
