/** How far the fold of one partition has come, and its totals at any offset on the way. */

import type { KeyFold, PartitionFold } from '../history/history.ts';
import type { TopicExtent } from '../history/log-input.ts';
import type { SkuLedger } from './sku-ledger.ts';

/** Where the fold of a partition stands. */
export interface PartitionProgress {
  readonly partition: number;
  readonly start: number;
  readonly end: number;
  /** The state's `next`; undefined where the state is unknown. */
  readonly next: number | undefined;
  position: number;
  records: number;
  duplicates: number;
  undecodable: number;
  prefix: PartitionFold | undefined;
}

/** A partition of which nothing is read yet. */
export function startPartition(
  { partition, start, end }: TopicExtent['partitions'][number],
  next: number | undefined,
): PartitionProgress {
  const counters = { records: 0, duplicates: 0, undecodable: 0 };
  return { partition, start, end, next, position: start, prefix: undefined, ...counters };
}

/** A copy of the partition's fold, taken when all records below `next` and none above are in it. */
export function foldAt(
  { partition, records, duplicates, undecodable }: PartitionProgress,
  next: number,
  ledgers: ReadonlyMap<string, SkuLedger>,
): PartitionFold {
  const totals: Record<string, KeyFold> = {};
  const seq: Record<string, number> = {};
  for (const ledger of ledgers.values()) {
    const skuTotals = ledger.findTotals(partition);
    if (skuTotals === undefined) continue;
    skuTotals.copyInto(totals, ledger.sku);
    if (skuTotals.highestSeq >= 0) seq[ledger.sku] = skuTotals.highestSeq;
  }
  return { next, records, duplicates, undecodable, totals, seq };
}
