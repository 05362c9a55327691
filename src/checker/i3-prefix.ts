/** I3, prefix: at any time the state at `next` = n equals the fold of the partition's first n records. */

import type { History } from '../history/history.ts';
import { comparePrefix } from './compare-prefix.ts';
import type { InvariantVerdict, Judgement } from './invariant.ts';
import { grouped, judgeInvariant, requirePart } from './invariant.ts';
import { Tally } from './tally.ts';
import { liveMeasures } from './totals.ts';

/** Judges the state of every partition, whether or not it has caught up. */
export function judgePrefix(history: History): InvariantVerdict {
  return judgeInvariant('I3', 'prefix', new Tally(), (tally) => judge(history, tally));
}

function judge(history: History, tally: Tally): Judgement {
  const log = requirePart(history.log, 'the log');
  const state = requirePart(history.state, 'the state');
  const measures = liveMeasures(history);
  let [records, rows, partitions] = [0, 0, 0];
  for (const statePartition of state.partitions) {
    if (statePartition.meta.next === undefined) continue;
    const logPartition = log.partitions[statePartition.partition];
    if (logPartition?.prefix === undefined || logPartition.start > 0) continue;
    comparePrefix(log, logPartition, logPartition.prefix, statePartition, tally, measures);
    records += logPartition.prefix.next;
    rows += Object.keys(statePartition.totals).length;
    partitions++;
  }
  const detail = `${grouped(rows)} rows of state against the first ${grouped(records)} records of ${partitions} of ${log.partitions.length} partitions`;
  const missing = log.partitions.some(({ start }) => start > 0);
  return { verdict: records > 0 && !missing ? 'pass' : 'inconclusive', detail };
}
