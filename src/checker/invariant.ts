/** What an invariant's judgement is, and how a judgement that crashes becomes `unknown`. */

import type { History } from '../history/history.ts';
import type { SavedInvariant } from '../history/saved-run.ts';
import type { StateCall, TimelineEvent } from '../history/timeline.ts';
import type { Tally } from './tally.ts';

/** `unknown`: the checker crashed or lacks a part of the history; `inconclusive`: too little data. Neither ever passes. */
export type VerdictWord = SavedInvariant['verdict'];

/** What is judged; the invariants that rest on what was not recorded (state calls; samples and probes of the timeline) are left out. */
export interface RunParts {
  readonly history: History;
  readonly timeline?: readonly TimelineEvent[] | undefined;
  readonly stateCalls?: readonly StateCall[] | undefined;
}

/** What is demanded beyond consistency. */
export interface JudgeOptions {
  /** Every SKU must have all its hours; default false: what was not sent yet is not lost. */
  readonly complete?: boolean;
  /** Hours that each SKU has when complete; default 211,824. */
  readonly hoursPerSku?: number;
  /** Longest gap between two good answers that readers may meet, and then no error either; default: gaps and errors are only told. */
  readonly maxGapMs?: number;
  /** After a fault is healed the pipeline must progress within this time; default 60,000. */
  readonly progressWithinMs?: number;
}

/** One invariant, judged. */
export type InvariantVerdict = SavedInvariant;

/** What an invariant found out; any finding makes it fail, whatever `verdict` says. */
export interface Judgement {
  readonly verdict: 'pass' | 'inconclusive';
  readonly detail: string;
}

/** Judges with that function, which adds findings to the tally; where it throws, the verdict is `unknown`. */
export function judgeInvariant(
  id: string,
  name: string,
  tally: Tally,
  judge: (tally: Tally) => Judgement,
): InvariantVerdict {
  try {
    const { verdict, detail } = judge(tally);
    return { id, name, verdict: tally.count() > 0 ? 'fail' : verdict, detail, ...tally.toJSON() };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { id, name, verdict: 'unknown', detail, ...tally.toJSON() };
  }
}

/** A part of the history; throws where it could not be collected. */
export function requirePart<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw new Error(`${name} could not be collected`);
  return part;
}

/** An integer with thousands separators. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
