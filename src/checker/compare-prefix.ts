/** Compares the state of one partition with the fold of as many records as its `next` says. */

import type {
  LogHistory,
  LogPartition,
  PartitionFold,
  StatePartition,
} from '../history/history.ts';
import type { PartialFinding, Tally } from './tally.ts';
import { compareStateRow, keyColumns } from './totals.ts';
import type { Measure } from './workload.ts';
import { MEASURES } from './workload.ts';

/** Adds what differs between a partition's state and the fold of the records that it claims to account for. */
export function comparePrefix(
  log: Pick<LogHistory, 'topic' | 'topicId'>,
  { partition, end }: Pick<LogPartition, 'partition' | 'end'>,
  prefix: PartitionFold,
  state: StatePartition,
  tally: Tally,
  measures: readonly Measure[] = MEASURES,
): void {
  const at = { topic: log.topic, partition, what: 'state' };
  const next = Number(state.meta.next);
  if (next > end) {
    const what = 'state counts records that the log does not have';
    tally.add({ ...at, kind: 'duplicated', what, expected: end, found: next }, next - end);
    return;
  }
  const topicId = state.meta.topicId;
  if (topicId !== undefined && topicId !== log.topicId) {
    const what = 'state is of an earlier topic of this name';
    tally.add({ ...at, kind: 'stale', what, expected: log.topicId, found: topicId });
    return;
  }
  compareRows(at, prefix, state, tally, measures);
  compareSeqs(at, prefix, state, tally);
  compareCounters(at, prefix, state, tally);
}

type Place = Omit<PartialFinding, 'kind'>;

function compareRows(
  at: Place,
  prefix: PartitionFold,
  state: StatePartition,
  tally: Tally,
  measures: readonly Measure[],
): void {
  for (const [key, fold] of Object.entries(prefix.totals)) {
    const row = { ...at, ...keyColumns(key), offset: fold[6], schemaId: fold[7] };
    compareStateRow(row, fold, state.totals[key], tally, measures);
  }
  for (const [key, stored] of Object.entries(state.totals)) {
    if (prefix.totals[key] !== undefined) continue;
    const what = 'state has a month of which the log holds no record';
    const found = Number(stored.split(' ')[0]);
    tally.add({ ...at, ...keyColumns(key), kind: 'mis-aggregated', what, expected: 0, found });
  }
}

/** A bad record may have used up its seq, so with bad records the state may be ahead. */
function compareSeqs(at: Place, prefix: PartitionFold, state: StatePartition, tally: Tally): void {
  for (const [sku, expected] of Object.entries(prefix.seq)) {
    const found = Number(state.seq[sku] ?? -1);
    if (found === expected || (found > expected && prefix.undecodable > 0)) continue;
    const kind = found < expected ? 'lost' : 'duplicated';
    tally.add({ ...at, kind, what: 'state: last seq of the SKU', sku, expected, found });
  }
}

function compareCounters(
  at: Place,
  prefix: PartitionFold,
  state: StatePartition,
  tally: Tally,
): void {
  for (const name of ['undecodable', 'duplicates'] as const) {
    const found = Number(state.meta[name] ?? 0);
    if (found === prefix[name]) continue;
    const what = `state: number of ${name === 'undecodable' ? 'bad records' : "producer's duplicates"}`;
    tally.add({ ...at, kind: 'mis-aggregated', what, expected: prefix[name], found });
  }
}
