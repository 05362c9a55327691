/** I3, prefix: at any time the state at `next` = n equals the fold of the partition's first n records. */

import type {
  History,
  LogHistory,
  LogPartition,
  PartitionFold,
  StatePartition,
} from '../history/history.ts';
import type { InvariantVerdict, Judgement } from './invariant.ts';
import { grouped, judgeInvariant, requirePart } from './invariant.ts';
import type { PartialFinding } from './tally.ts';
import { Tally } from './tally.ts';
import { compareStateRow, keyColumns } from './totals.ts';

/** Judges the state of every partition, whether or not it has caught up. */
export function judgePrefix(history: History): InvariantVerdict {
  return judgeInvariant('I3', 'prefix', new Tally(), (tally) => judge(history, tally));
}

function judge(history: History, tally: Tally): Judgement {
  const log = requirePart(history.log, 'the log');
  const state = requirePart(history.state, 'the state');
  let [records, rows, partitions] = [0, 0, 0];
  for (const statePartition of state.partitions) {
    if (statePartition.meta.next === undefined) continue;
    const logPartition = log.partitions[statePartition.partition];
    if (logPartition?.prefix === undefined || logPartition.start > 0) continue;
    judgePartition(log, logPartition, logPartition.prefix, statePartition, tally);
    records += logPartition.prefix.next;
    rows += Object.keys(statePartition.totals).length;
    partitions++;
  }
  const detail = `${grouped(rows)} rows of state against the first ${grouped(records)} records of ${partitions} of ${log.partitions.length} partitions`;
  const missing = log.partitions.some(({ start }) => start > 0);
  return { verdict: records > 0 && !missing ? 'pass' : 'inconclusive', detail };
}

function judgePartition(
  log: LogHistory,
  { partition, end }: LogPartition,
  prefix: PartitionFold,
  state: StatePartition,
  tally: Tally,
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
  compareRows(at, prefix, state, tally);
  compareSeqs(at, prefix, state, tally);
  compareCounters(at, prefix, state, tally);
}

type Place = Omit<PartialFinding, 'kind'>;

function compareRows(at: Place, prefix: PartitionFold, state: StatePartition, tally: Tally): void {
  for (const [key, fold] of Object.entries(prefix.totals)) {
    const row = { ...at, ...keyColumns(key), offset: fold[6], schemaId: fold[7] };
    compareStateRow(row, fold, state.totals[key], tally);
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
