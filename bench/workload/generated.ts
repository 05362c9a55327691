/** The bench's records: what the generator makes, in its order, a day of each SKU in turn. */
import type { SkuLine } from '../../src/app/generator/sku-lines.ts';
import { createSkuLine, Rotation } from '../../src/app/generator/sku-lines.ts';
import type { ApplicationVersion, RawRecord } from '../../src/app/version.ts';
import type { Totals } from './totals.ts';
import { addToTotals } from './totals.ts';

const SEED = 1;

/** What a topic is filled with. */
export interface Filling {
  readonly topic: string;
  readonly partitions: number;
  readonly skus: number;
}

/** Makes records one after the other. */
export interface RecordSource {
  /** Calls back with the next `count` records; answers how many there were. */
  take(count: number, visit: (line: SkuLine, seq: number, record: RawRecord) => void): number;
}

/** A source that begins at the first hour of every SKU. */
export function openRecordSource(filling: Filling, version: ApplicationVersion): RecordSource {
  const { skus, partitions } = filling;
  const rotation = new Rotation();
  rotation.lines = Array.from({ length: skus }, (_, index) => createSkuLine(index, partitions, -1));
  return {
    take: (count, visit) =>
      rotation.take(count, (line, seq) =>
        visit(line, seq, version.makeRecord(SEED, line.sku, seq)),
      ),
  };
}

/** Totals of the records before the offsets `ends` (by partition), recomputed without looking at the log. */
export function totalsBefore(
  ends: readonly number[],
  filling: Filling,
  version: ApplicationVersion,
): Totals {
  const totals: Totals = new Map();
  const left = [...ends];
  let wanted = ends.reduce((sum, end) => sum + end, 0);
  const source = openRecordSource(filling, version);
  while (wanted > 0) {
    source.take(1, (line, _seq, record) => {
      const due = left[line.partition] ?? 0;
      if (due === 0) return;
      left[line.partition] = due - 1;
      wanted -= 1;
      addToTotals(totals, record);
    });
  }
  return totals;
}
