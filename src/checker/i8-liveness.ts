/** I8, liveness: counting goes on in every fault window that is long enough, and within a minute of heal. */

import type { Sample, TimelineEvent } from '../history/timeline.ts';
import type { FaultWindow } from './fault-windows.ts';
import { faultWindows } from './fault-windows.ts';
import type { InvariantVerdict, Judgement, JudgeOptions } from './invariant.ts';
import { grouped, judgeInvariant } from './invariant.ts';
import { Tally } from './tally.ts';

const PROGRESS_WITHIN_MS = 60_000;
/** A member of the group that died is missed after 6 s, and a rebalance may take 10 s: shorter windows are judged by their heal alone. */
const SHORTEST_WINDOW_MS = 20_000;

/** Two samples in a row: what happened between them. */
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** Something was counted, or nothing was there to count. */
  readonly isWell: boolean;
}

/** Judges the samples of the Back End that readers see; where nothing lies uncounted, standing still is no fault. */
export function judgeLiveness(
  timeline: readonly TimelineEvent[],
  { progressWithinMs = PROGRESS_WITHIN_MS }: JudgeOptions,
): InvariantVerdict {
  return judgeInvariant('I8', 'liveness', new Tally(), (tally) =>
    judge(timeline, progressWithinMs, tally),
  );
}

function judge(timeline: readonly TimelineEvent[], limitMs: number, tally: Tally): Judgement {
  const samples = timeline.filter((event) => event.kind === 'sample');
  const stretches = stretchesOf(samples);
  const windows = faultWindows(timeline);
  let judged = 0;
  for (const window of windows) {
    for (const part of partsOf(window, limitMs)) {
      const within = stretches.filter(
        ({ fromMs, toMs }) => fromMs < part.toMs && toMs > part.fromMs,
      );
      const lastMs = within.at(-1)?.toMs ?? 0;
      if (within.some(({ isWell }) => isWell)) judged++;
      else if (within.length > 0 && lastMs >= part.toMs) {
        const what = `${window.fault} ${window.target}: nothing was counted ${part.when}`;
        tally.add({ kind: 'unavailable', what });
        judged++;
      }
    }
  }
  const longestMs = longestStandstillMs(stretches, windows);
  if (longestMs > limitMs && tally.count() === 0) {
    const what = 'nothing was counted though records were there, for ms';
    tally.add({ kind: 'unavailable', what, expected: limitMs, found: longestMs });
  }
  const detail = `${samples.length} samples, longest standstill ${grouped(longestMs)} ms, ${windows.length} faults`;
  const isEnough = stretches.length > 0 && judged >= windows.length;
  return { verdict: isEnough ? 'pass' : 'inconclusive', detail };
}

function partsOf({ beginMs, healMs }: FaultWindow, limitMs: number) {
  const heal = {
    fromMs: healMs,
    toMs: healMs + limitMs,
    when: `within ${limitMs / 1_000} s of heal`,
  };
  const window = { fromMs: beginMs, toMs: healMs, when: 'in its window' };
  return healMs - beginMs >= SHORTEST_WINDOW_MS ? [window, heal] : [heal];
}

function stretchesOf(samples: readonly Sample[]): readonly Stretch[] {
  return samples.slice(1).map((sample, at) => {
    const before = samples[at] ?? sample;
    const idle = sample.lagRecords === 0 && before.lagRecords === 0;
    return {
      fromMs: before.atMs,
      toMs: sample.atMs,
      isWell: idle || standing(sample) > standing(before),
    };
  });
}

/** Where the Back End stands; a lower number, after a state was lost or exchanged, is where it goes on from. */
function standing({ partitions }: Sample): number {
  return partitions.reduce((sum, { next }) => sum + next, 0);
}

/** Time in which a fault was at work does not count. */
function longestStandstillMs(
  stretches: readonly Stretch[],
  windows: readonly FaultWindow[],
): number {
  let [longest, sinceMs] = [0, stretches[0]?.fromMs ?? 0];
  for (const { isWell, fromMs, toMs } of stretches) {
    const isExcused = windows.some(({ beginMs, healMs }) => fromMs < healMs && toMs > beginMs);
    if (isWell || isExcused) sinceMs = toMs;
    longest = Math.max(longest, toMs - sinceMs);
  }
  return longest;
}
