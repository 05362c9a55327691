/** What one fetch brings of one partition, and its records. */
import type { Consumer } from '@platformatic/kafka';

/** One record as it lies in the log. */
export interface LogRecord {
  readonly offset: number;
  readonly key: Buffer | null | undefined;
  readonly value: Buffer | null | undefined;
  readonly headers: readonly (readonly [Buffer | null, Buffer | null])[];
}

type Fetched = Awaited<ReturnType<Consumer['fetch']>>['responses'][number]['partitions'][number];
type Batch = NonNullable<Fetched['records']>[number];

/** What one fetch brought of one partition: everything from `from` up to, not including, `next`. */
export interface Slice {
  readonly partition: number;
  readonly from: number;
  readonly next: number;
  /** High watermark when the slice was fetched: the offset that the next record will get. */
  readonly logEnd: number;
  readonly batches: readonly Batch[];
}

const CONTROL_BATCH = 1 << 5;

/** Calls back for a slice's records in offset order, leaving out what lies before the slice and broker-internal records. */
export function eachRecord(slice: Slice, visit: (record: LogRecord) => void): void {
  for (const batch of slice.batches) {
    if ((batch.attributes & CONTROL_BATCH) !== 0) continue;
    const first = Number(batch.firstOffset);
    for (const { offsetDelta, key, value, headers } of batch.records) {
      const offset = first + offsetDelta;
      if (offset >= slice.from) visit({ offset, key, value, headers });
    }
  }
}

/** A fetched partition as a slice from the offset that was asked for; undefined where it brought nothing new. */
export function sliceOf(fetched: Fetched, from: number | undefined): Slice[] {
  const batches = fetched.records ?? [];
  const last = batches.at(-1);
  if (from === undefined || !last) return [];
  const next = Number(last.firstOffset) + last.lastOffsetDelta + 1;
  if (next <= from) return [];
  const { partitionIndex: partition, highWatermark } = fetched;
  return [{ partition, from, next, logEnd: Number(highWatermark), batches }];
}
