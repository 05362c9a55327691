/** A run as it is saved: what was asked, what was predicted, what happened, and what was made of it. */

import type {
  Compatibility,
  Experiment,
  Outcome,
  RolloutVerdict,
} from '../experiment/experiment.ts';
import type { Prediction } from '../experiment/prediction.ts';
import type { Finding, FindingKind, History } from './history.ts';
import type { Manifest } from './manifest.ts';
import type { StateCall, TimelineEvent } from './timeline.ts';

/** One invariant as the checker judged it. */
export interface SavedInvariant {
  readonly id: string;
  readonly name: string;
  readonly verdict: 'pass' | 'fail' | 'inconclusive' | 'unknown';
  /** One line with the numbers it rests on. */
  readonly detail: string;
  readonly counts: Readonly<Record<FindingKind, number>>;
  /** The first of each kind. */
  readonly findings: readonly Finding[];
}

/** The checker's judgement; the counts are of records, rows or answers. */
export interface SavedCheck {
  readonly verdict: SavedInvariant['verdict'];
  readonly lost: number;
  readonly duplicated: number;
  readonly misAggregated: number;
  readonly stale: number;
  readonly undecodable: number;
  readonly unavailable: number;
  readonly invariants: Readonly<Record<string, SavedInvariant>>;
  /** Records read from the log. */
  readonly records: number;
  /** (SKU, month) pairs in the log. */
  readonly keys: number;
  /** What could not be collected, and why. */
  readonly errors: History['errors'];
}

/** A verdict and how the rollout ended. */
export interface Answer {
  readonly verdict: RolloutVerdict;
  readonly outcome: Outcome;
}

/** `verdict.json`: the answer to the experiment's question. */
export interface RunVerdict {
  readonly format: 1;
  readonly observed: Answer;
  readonly predicted: Answer;
  readonly expected: Answer;
  /** Kinds of findings that were found, and that were predicted. */
  readonly found: readonly FindingKind[];
  readonly foretold: readonly FindingKind[];
  /** Whether what was observed is what was predicted. */
  readonly agrees: boolean;
  /** Whether it is what the experiment expects. */
  readonly asExpected: boolean;
  /** Why the verdict is what it is, one sentence each. */
  readonly reasons: readonly string[];
  /** The registry's mode. */
  readonly compatibility: Compatibility;
  readonly check: SavedCheck;
}

/** Something of a run's folder that could not be read. */
export interface ReadProblem {
  /** E.g. `timeline.jsonl`. */
  readonly file: string;
  /** From 1; null where it is about the whole file. */
  readonly line: number | null;
  readonly message: string;
}

/** Everything that is known of a run; null is a part that is missing or cannot be read. */
export interface SavedRun {
  readonly experiment: Experiment | null;
  readonly prediction: Prediction | null;
  readonly manifest: Manifest | null;
  readonly timeline: readonly TimelineEvent[];
  readonly stateCalls: readonly StateCall[];
  readonly history: History | null;
  readonly verdict: RunVerdict | null;
}
