/** What an experiment file holds once it keeps to `experiments/experiment.schema.json`. */

import type { Experiment, Upgrade } from './experiment.ts';

/** An upgrade in the words of the file. */
type UpgradeInFile = Omit<Upgrade, 'bakeRecords'> & { readonly 'bake-records': number };

/** A file that keeps to its schema, defaults filled in. */
export type ExperimentInFile = Omit<Experiment, 'name' | 'before' | 'workload' | 'upgrades'> & {
  readonly before?: Experiment['before'];
  readonly workload: Omit<Experiment['workload'], 'ratePerSecond'> & {
    readonly 'rate-per-second': number;
  };
  readonly upgrades: readonly UpgradeInFile[];
};
