/** What the planner says of a rollout before it is tried. */

import type { FindingKind } from '../history/history.ts';
import type { Outcome, RolloutVerdict } from './experiment.ts';

/** One state that the rollout passes through: which versions of each service are at work, and what lies in the log. */
export interface RolloutState {
  /** For people, e.g. `back end at v1 and v2, generator at v1`. */
  readonly title: string;
  readonly generators: readonly string[];
  readonly backEnds: readonly string[];
  readonly stats: readonly string[];
  /** Versions whose records may still be read by a Back End in this state. */
  readonly readable: readonly string[];
}

/** Something that will go wrong, with the record that shows it. */
export interface PredictedFinding {
  readonly kind: FindingKind;
  /** Why, in one sentence for people. */
  readonly why: string;
  /** Title of the first state in which it happens. */
  readonly state: string;
  /** Version that wrote the record, and version that reads it. */
  readonly writer: string;
  readonly reader: string;
  /** A record as it was written. */
  readonly record: Readonly<Record<string, unknown>> | null;
  /** What the reader makes of it, or the error. */
  readonly readAs: string;
}

/** What the registry will answer to one registration. */
export interface PredictedRegistration {
  readonly subject: string;
  readonly version: string;
  readonly accepted: boolean;
  /** Each incompatibility, naming the field. */
  readonly reasons: readonly string[];
}

/** The prediction for one experiment (or cell). */
export interface Prediction {
  readonly verdict: RolloutVerdict;
  readonly outcome: Outcome;
  readonly registrations: readonly PredictedRegistration[];
  readonly states: readonly RolloutState[];
  /** What the data would suffer if every registration were accepted. */
  readonly findings: readonly PredictedFinding[];
}
