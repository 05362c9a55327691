/** I7, availability: errors of REST and the longest gap between two good answers, in the run and in each fault window. */

import type { ProbeSample, TimelineEvent } from '../history/timeline.ts';
import { faultWindows } from './fault-windows.ts';
import type { InvariantVerdict, Judgement, JudgeOptions } from './invariant.ts';
import { grouped, judgeInvariant } from './invariant.ts';
import { Tally } from './tally.ts';

/** Judges against the bar where one is given, else only tells. */
export function judgeAvailability(
  timeline: readonly TimelineEvent[],
  { maxGapMs }: JudgeOptions,
): InvariantVerdict {
  return judgeInvariant('I7', 'availability', new Tally(), (tally) => {
    const probes = probesOf(timeline);
    if (maxGapMs !== undefined) compare(probes, maxGapMs, tally);
    return describe(probes, timeline);
  });
}

/** Requests of readers that had no good answer. */
export function countUnavailable(timeline: readonly TimelineEvent[]): number {
  return sum(probesOf(timeline), ({ errors }) => errors);
}

function compare(probes: readonly ProbeSample[], maxGapMs: number, tally: Tally): void {
  for (const { atMs, errors, error, longestGapMs } of probes) {
    const at = `at ${(atMs / 1_000).toFixed(1)} s`;
    if (errors > 0) {
      tally.add({ kind: 'unavailable', what: `${at}: ${error ?? 'no good answer'}` }, errors);
    }
    if (longestGapMs <= maxGapMs) continue;
    const what = `${at}: gap between two good answers in ms`;
    tally.add({ kind: 'unavailable', what, expected: maxGapMs, found: longestGapMs });
  }
}

function describe(probes: readonly ProbeSample[], timeline: readonly TimelineEvent[]): Judgement {
  const requests = sum(probes, (probe) => probe.requests);
  const windows = faultWindows(timeline).map(({ fault, target, beginMs, healMs }) => {
    // A gap is told by the sample in which it ended, which may be the first one after the window.
    const within = probes.filter(
      ({ atMs, forMs }) => atMs >= beginMs && atMs - forMs <= healMs + forMs,
    );
    return `${fault} ${target}: ${words(within)}`;
  });
  const detail = [`${grouped(requests)} requests`, words(probes), ...windows].join(', ');
  return { verdict: requests > 0 ? 'pass' : 'inconclusive', detail };
}

function words(probes: readonly ProbeSample[]): string {
  const gapMs = probes.reduce((longest, probe) => Math.max(longest, probe.longestGapMs), 0);
  return `${grouped(sum(probes, ({ errors }) => errors))} errors, longest gap ${grouped(gapMs)} ms`;
}

function probesOf(timeline: readonly TimelineEvent[]): readonly ProbeSample[] {
  return timeline.filter((event) => event.kind === 'probe');
}

function sum(probes: readonly ProbeSample[], of: (probe: ProbeSample) => number): number {
  return probes.reduce((total, probe) => total + of(probe), 0);
}
