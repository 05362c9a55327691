/** What an experiment is: a question, a workload, the upgrades to try on it, and the verdict expected. */

import type { FindingKind } from '../history/history.ts';
import type { Role } from '../platform/platform.ts';

/** How versions change. */
export type StrategyName = 'stop-all' | 'rolling' | 'canary' | 'blue-green';

/** Which services change first: readers of data or their writers. */
export type Order = 'consumers-first' | 'producers-first';

/** Compatibility mode of the subjects in the registry. */
export type Compatibility =
  | 'NONE'
  | 'BACKWARD'
  | 'BACKWARD_TRANSITIVE'
  | 'FORWARD'
  | 'FORWARD_TRANSITIVE'
  | 'FULL'
  | 'FULL_TRANSITIVE';

/** How the fields that a version adds are declared. */
export type SchemaStyle = 'optional' | 'defaulted' | 'required' | 'tightened';

/** The new version as it should be, or with a defect that the analysis must notice. */
export type Build = 'good' | 'crash' | 'slow' | 'double-count' | 'wrong-month' | 'bad-schema';

/** When the upgrade is taken back on purpose: at that share of the Back End's rollout, or after all is new and has written state. */
export type Rollback = 'none' | 25 | 50 | 100 | 'after-new-state';

/** What a rollout turned out to be; `accepted-but-unsafe`: the registry let it pass. */
export type RolloutVerdict =
  | 'safe'
  | 'unsafe'
  | 'rejected'
  | 'rejected-but-safe'
  | 'accepted-but-unsafe'
  | 'inconclusive';

/** How a rollout ended. */
export type Outcome = 'promoted' | 'rolled-back' | 'refused' | 'paused';

/** One upgrade of the whole application. */
export interface Upgrade {
  /** Version to end at, e.g. `v2`. */
  readonly to: string;
  readonly strategy: StrategyName;
  readonly order: Order;
  readonly build: Build;
  readonly rollback: Rollback;
  /** Shares in percent that a canary stops at, ascending, the last 100. */
  readonly steps: readonly number[];
  /** Records that must be counted at each step before the next. */
  readonly bakeRecords: number;
}

/** What the run is expected to show. */
export interface Expectation {
  readonly verdict: RolloutVerdict;
  readonly outcome: Outcome;
  /** Kinds that must be found, where the verdict is an unsafe one. */
  readonly findings: readonly FindingKind[];
}

/** The data that flow while versions change. */
export interface Workload {
  readonly skus: number;
  /** At least so many records in all; production goes on until the upgrades are over. */
  readonly records: number;
  /** Records per second, all SKUs together. */
  readonly ratePerSecond: number;
  readonly order: 'chronological' | 'shuffled';
  /** uint32 */
  readonly seed: number;
  readonly partitions: number;
}

/** An experiment, complete: what a file leaves out is filled in. */
export interface Experiment {
  /** Lower case, digits and dashes; the file's name. */
  readonly name: string;
  /** What is asked, in one sentence. */
  readonly question: string;
  readonly expect: Expectation;
  /** Records that earlier versions left in the log, oldest first; the application was replaced with everything counted. */
  readonly before: readonly { readonly version: string; readonly records: number }[];
  /** Version that runs when the first upgrade begins. */
  readonly start: string;
  readonly compatibility: Compatibility;
  readonly style: SchemaStyle;
  readonly workload: Workload;
  readonly brokers: 1 | 3;
  readonly upgrades: readonly Upgrade[];
  /** `rewind`: after the last upgrade the live version counts the whole log again, into a state of its own. */
  readonly afterwards: 'nothing' | 'rewind';
}

/** The services in the order in which they change. */
export function servicesOf(order: Order): readonly Role[] {
  const consumersFirst = ['stats', 'back-end', 'generator'] as const;
  return order === 'consumers-first' ? consumersFirst : consumersFirst.toReversed();
}
