/** What contradicts itself in an experiment file that keeps to its schema. */

import type { ExperimentInFile } from './experiment-file.ts';

/** A problem at a path of the file, e.g. `['upgrades', 0, 'to']`. */
export interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const RECORDS_OF_A_SKU = 211_824;

/** Everything that cannot be meant, in no particular order. */
export function contradictions(file: ExperimentInFile): readonly Contradiction[] {
  return [
    ...wrongVersions(file),
    ...wrongBefore(file),
    ...file.upgrades.flatMap((_, index) => wrongUpgrade(file, index)),
    ...wrongExpectation(file),
    ...tooManyRecords(file),
  ];
}

/** Each upgrade must go to a later version than the one before it. */
function wrongVersions({ start, upgrades }: ExperimentInFile): readonly Contradiction[] {
  return upgrades.flatMap(({ to }, index) => {
    const from = upgrades[index - 1]?.to ?? start;
    if (to > from) return [];
    const path = ['upgrades', index, 'to'];
    return [{ path, message: `upgrades[${index}].to: ${to} is not later than ${from}` }];
  });
}

/** What was left in the log comes from versions below the start, oldest first. */
function wrongBefore({ before = [], start }: ExperimentInFile): readonly Contradiction[] {
  return before.flatMap(({ version }, index) => {
    const name = `before[${index}].version`;
    const path = ['before', index, 'version'];
    const previous = before[index - 1]?.version;
    if (version >= start) {
      return [{ path, message: `${name}: ${version} is not below the start, ${start}` }];
    }
    if (previous === undefined || version > previous) return [];
    return [{ path, message: `${name}: ${version} must come before ${previous}, oldest first` }];
  });
}

function wrongUpgrade(file: ExperimentInFile, index: number): readonly Contradiction[] {
  const { strategy, build, rollback, steps } = file.upgrades[
    index
  ] as ExperimentInFile['upgrades'][0];
  const problems: Contradiction[] = [];
  const add = (key: string, message: string) => {
    problems.push({
      path: ['upgrades', index, key],
      message: `upgrades[${index}].${key}: ${message}`,
    });
  };
  const ascending = steps.every((step, at) => step > (steps[at - 1] ?? 0));
  if (!ascending || steps.at(-1) !== 100) add('steps', 'must ascend and end with 100');
  if (strategy === 'stop-all' && build !== 'good') {
    add('build', `${build}: nothing would notice it, because stop-all has no analysis`);
  }
  if (rollback !== 'none' && index < file.upgrades.length - 1) {
    add('rollback', `${rollback}: only the last upgrade can be taken back`);
  }
  return problems;
}

function wrongExpectation({ expect }: ExperimentInFile): readonly Contradiction[] {
  const { verdict, outcome, findings } = expect;
  const isUnsafe = verdict === 'unsafe' || verdict === 'accepted-but-unsafe';
  const isRefused = verdict === 'rejected' || verdict === 'rejected-but-safe';
  const problems: Contradiction[] = [];
  const add = (key: string, message: string) => {
    problems.push({ path: ['expect', key], message: `expect.${key}: ${message}` });
  };
  if (isUnsafe && findings.length === 0) add('findings', `${verdict} needs at least one kind`);
  if (verdict === 'safe' && findings.length > 0) add('findings', 'safe means that there is none');
  if (isRefused !== (outcome === 'refused')) {
    add('outcome', `${outcome} does not go with the verdict ${verdict}`);
  }
  return problems;
}

function tooManyRecords({ workload, before = [] }: ExperimentInFile): readonly Contradiction[] {
  const wanted = before.reduce((sum, { records }) => sum + records, workload.records);
  const most = workload.skus * RECORDS_OF_A_SKU;
  if (wanted <= most) return [];
  const counts = `${workload.skus} SKUs have ${most} records, fewer than the ${wanted} wanted`;
  return [{ path: ['workload', 'records'], message: `workload.records: ${counts}` }];
}
