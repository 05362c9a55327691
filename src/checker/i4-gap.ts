/** I4, no gap: each batch that was applied starts exactly at the stored `next`. */

import type { StateCall } from '../history/timeline.ts';
import type { InvariantVerdict, Judgement } from './invariant.ts';
import { grouped, judgeInvariant } from './invariant.ts';
import { Tally } from './tally.ts';

/** Judges every apply that the state DB was seen to carry out and whose `next` before it was seen, too. */
export function judgeGap(calls: readonly StateCall[]): InvariantVerdict {
  return judgeInvariant('I4', 'no gap', new Tally(), (tally) => judge(calls, tally));
}

function judge(calls: readonly StateCall[], tally: Tally): Judgement {
  const applied = calls.filter(({ call, accepted }) => call === 'apply' && accepted);
  let judged = 0;
  for (const { first, storedNext, partition, namespace } of applied) {
    if (first === null || storedNext === null) continue;
    judged++;
    if (first === storedNext) continue;
    const [kind, how] =
      first > storedNext ? (['lost', 'after'] as const) : (['duplicated', 'before'] as const);
    const what = `${namespace}: a batch was applied that starts ${how} the stored next`;
    const at = { partition, offset: first, expected: storedNext, found: first };
    tally.add({ ...at, kind, what }, Math.abs(first - storedNext));
  }
  const places = new Set(applied.map(({ namespace, partition }) => `${namespace} ${partition}`));
  const unseen = applied.length - judged;
  const detail = [
    `${grouped(judged)} batches applied in ${places.size} partitions of state`,
    unseen === 0 ? '' : `${grouped(unseen)} more before it was seen what was stored`,
  ];
  return {
    verdict: judged > 0 ? 'pass' : 'inconclusive',
    detail: detail.filter((part) => part !== '').join(', '),
  };
}
