/** What one fetch brings of one partition, and its records. */
import type { FetchedPartition } from './fetching-consumer.ts';
import type { LogRecord } from './log-record.ts';
import type { StoredBatch } from './stored-batch.ts';

/** What one fetch brought of one partition: everything from `from` up to, not including, `next`. */
export interface Slice {
  readonly partition: number;
  readonly from: number;
  readonly next: number;
  /** High watermark when the slice was fetched: the offset that the next record will get. */
  readonly logEnd: number;
  readonly batches: readonly StoredBatch[];
}

/** Calls back for a slice's records in offset order, leaving out what lies before the slice and broker-internal records. */
export function eachRecord(slice: Slice, visit: (record: LogRecord) => void): void {
  for (const batch of slice.batches) {
    if (batch.isControl) continue;
    batch.each((record) => {
      if (record.offset >= slice.from) visit(record);
    });
  }
}

/** A fetched partition as a slice from the offset that was asked for; undefined where it brought nothing new. */
export function sliceOf(fetched: FetchedPartition, from: number | undefined): Slice[] {
  const { partition, batches, logEnd } = fetched;
  const next = batches.at(-1)?.next ?? 0;
  if (from === undefined || next <= from) return [];
  return [{ partition, from, next, logEnd, batches }];
}
