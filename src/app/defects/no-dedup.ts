/** Planted bug: a record that a producer wrote again is counted again. */
import type { FoldedBatch, Folding, SkuProgress } from '../back-end/fold.ts';
import type { Decoder } from '../runtime/avro.ts';
import { schemaIdOf, UndecodableError } from '../runtime/avro.ts';
import type { Slice } from '../runtime/log-slice.ts';
import { eachRecord } from '../runtime/log-slice.ts';
import type { RawRecord } from '../version.ts';
import type { Defect } from './defect.ts';

const SEQ = Buffer.from('seq');

/** Folds as it should be, then adds what was left out as a duplicate. */
export const noDedup: Defect = {
  what: "the Back End counts a producer's duplicates",
  backEnd: (parts) => ({
    ...parts,
    foldSlice(slice, folding, decoder, progress) {
      const before = new Map([...progress].map(([sku, { last }]) => [sku, last]));
      const batch = parts.foldSlice(slice, folding, decoder, progress);
      if (batch.duplicates > 0) addDuplicates(batch, slice, folding, decoder, before, progress);
      return batch;
    },
  }),
};

function addDuplicates(
  batch: FoldedBatch,
  slice: Slice,
  folding: Folding,
  decoder: Decoder<RawRecord>,
  before: ReadonlyMap<string, number>,
  progress: ReadonlyMap<string, SkuProgress>,
): void {
  const rows = readRows(batch.rows);
  const last = new Map([...progress.keys()].map((sku) => [sku, before.get(sku) ?? -1]));
  eachRecord(slice, (record) => {
    const seq = record.wholeHeader(SEQ);
    const raw = decoded(record.value, decoder);
    if (raw === undefined || seq === undefined || record.offset >= batch.next) return;
    if (seq > (last.get(raw.sku) ?? -1)) {
      last.set(raw.sku, seq);
      return;
    }
    const key = `${raw.sku}|${raw.year}-${String(raw.month).padStart(2, '0')}`;
    const row = rows.get(key) ?? new Array<number>(folding.columns).fill(0);
    folding.fold(row, raw);
    rows.set(key, row);
  });
  batch.duplicates = 0;
  batch.rows = Buffer.from(
    [...rows].map(([key, sums]) => `${key} ${sums.join(' ')};`).join(''),
    'latin1',
  );
}

function decoded(value: Buffer | null, decoder: Decoder<RawRecord>): RawRecord | undefined {
  try {
    return decoder.decode(value as Buffer, schemaIdOf(value));
  } catch (error) {
    if (error instanceof UndecodableError) return undefined;
    throw error;
  }
}

function readRows(text: Buffer): Map<string, number[]> {
  const rows = text.toString('latin1').split(';').slice(0, -1);
  return new Map(
    rows.map((row) => {
      const [key = '', ...sums] = row.split(' ');
      return [key, sums.map(Number)];
    }),
  );
}
