/** I6, reader: what REST shows of a (SKU, month) never goes back, and no answer mixes the shapes of versions. */

import type { TimelineEvent } from '../history/timeline.ts';
import type { InvariantVerdict, Judgement } from './invariant.ts';
import { grouped, judgeInvariant } from './invariant.ts';
import { Tally } from './tally.ts';

/** Judges what the prober saw; it compares each answer when it comes. */
export function judgeReader(timeline: readonly TimelineEvent[]): InvariantVerdict {
  return judgeInvariant('I6', 'reader', new Tally(), (tally) => judge(timeline, tally));
}

function judge(timeline: readonly TimelineEvent[], tally: Tally): Judgement {
  const versions = new Map<string, number>();
  let answers = 0;
  for (const event of timeline) {
    if (event.kind !== 'probe') continue;
    answers += event.requests - event.errors;
    for (const [version, count] of Object.entries(event.versions)) {
      versions.set(version, (versions.get(version) ?? 0) + count);
    }
    if (event.oddities === 0) continue;
    const what = event.firstOddity ?? 'an answer that no reader may see';
    const kind = what.includes('went back') ? 'stale' : 'mis-aggregated';
    tally.add({ kind, what }, event.oddities);
  }
  const shares = [...versions].map(([version, count]) => `${grouped(count)} of ${version}`);
  const detail = [`${grouped(answers)} good answers`, ...shares].join(', ');
  return { verdict: answers > 0 ? 'pass' : 'inconclusive', detail };
}
