/** What a gate is: it judges the running application again and again, and says pass, fail or not yet. */

import type { Finding } from '../history/history.ts';
import type { ProbeSample, Sample } from '../history/timeline.ts';

/** What the gates look at; since the rollout began. */
export interface Observation {
  /** The first sample of the rollout, and the last few seconds of samples, oldest first. */
  readonly baseline: Sample;
  readonly recent: readonly Sample[];
  readonly probes: readonly ProbeSample[];
  /** The last audit of the state against the log; undefined before the first. */
  readonly audit: { readonly records: number; readonly findings: readonly Finding[] } | undefined;
}

/** A gate's word and the numbers that it rests on. */
export interface GateWord {
  readonly word: 'pass' | 'fail' | 'inconclusive';
  readonly detail: string;
}

/** One gate; cheap, called for each sample. */
export interface Gate {
  readonly name: string;
  readonly judge: (observation: Observation) => GateWord;
}
