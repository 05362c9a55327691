/** The windows in which faults were at work, from a timeline. */

import type { TimelineEvent } from '../history/timeline.ts';

/** One fault from its begin to its heal; without one, to the last event. */
export interface FaultWindow {
  readonly fault: string;
  readonly target: string;
  readonly beginMs: number;
  readonly healMs: number;
}

/** Windows in the order of their begins. */
export function faultWindows(timeline: readonly TimelineEvent[]): readonly FaultWindow[] {
  const endMs = timeline.reduce((latest, { atMs }) => Math.max(latest, atMs), 0);
  const healed = new Set<TimelineEvent>();
  return timeline.flatMap((begin, at) => {
    if (begin.kind !== 'fault' || begin.phase !== 'begin') return [];
    const { fault, target, atMs } = begin;
    const heal = timeline.slice(at).find((event) => {
      const isHeal = event.kind === 'fault' && event.phase === 'heal' && !healed.has(event);
      return isHeal && event.fault === fault && event.target === target;
    });
    if (heal !== undefined) healed.add(heal);
    return [{ fault, target, beginMs: atMs, healMs: heal?.atMs ?? endMs }];
  });
}
