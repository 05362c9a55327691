/** Options of `cutover upgrade`, and the request that they make. */

import Type from 'typebox';
import { availableVersions } from '../../app/versions/load.ts';
import type { UpgradeRequest } from '../../control/protocol.ts';
import { unknownVersion } from '../../control/refusals.ts';
import type { UsageCheck } from '../option-schema.ts';
import { readOptions } from '../option-schema.ts';
import { placeOptions } from '../place-options.ts';
import { runsFolder } from '../verify/judge-saved.ts';

const choice = (flags: string, description: string, values: readonly string[]) =>
  Type.String({
    flags,
    description: `${description} (${values.join(', ')})`,
    enum: [...values],
    expected: `one of: ${values.join(', ')}`,
    default: values[0] ?? '',
  });

/** What a person may set; the names are those of commander's values. */
export const upgradeOptions = Type.Object({
  strategy: choice('--strategy <strategy>', 'how each service changes', [
    ...['canary', 'rolling', 'blue-green'],
  ]),
  order: choice('--order <order>', 'which services change first', [
    ...['consumers-first', 'producers-first'],
  ]),
  steps: Type.String({
    flags: '--steps <percents>',
    description: 'shares that a canary stops at',
    pattern: '^[0-9]+(,[0-9]+)*$',
    expected: 'percents such as 25,50,100',
    default: '25,50,100',
  }),
  build: choice('--build <build>', 'the new version, as it should be or with a defect', [
    ...['good', 'crash', 'slow', 'double-count', 'wrong-month', 'bad-schema'],
  ]),
  bakeRecords: Type.Integer({
    flags: '--bake-records <n>',
    description: 'records to count at each step before the next',
    minimum: 1,
    maximum: 10_000_000,
    expected: 'a whole number from 1 to 10000000',
    default: 10_000,
  }),
  rollback: choice('--rollback <when>', 'take it back on purpose, at a share of the Back End', [
    ...['none', '25', '50', '100', 'after-new-state'],
  ]),
  runs: Type.String({
    flags: '--runs <folder>',
    description: 'folder that the timeline is saved in',
    minLength: 1,
    expected: 'a folder',
    default: runsFolder,
  }),
  ...placeOptions,
});

/** The options with their defaults filled in. */
export type UpgradeOptions = Type.Static<typeof upgradeOptions>;

/** What contradicts itself; an unknown version is told here only beside other mistakes, else with what the lab says. */
export const findUpgradeProblems: UsageCheck = ([version], typed) => {
  if (typed.takeBack === true) {
    const needless = ['strategy', 'order', 'steps', 'build', 'bakeRecords', 'rollback'].filter(
      (name) => typed[name] !== undefined,
    );
    const named = version === undefined ? [] : [`${version}: goes without --take-back`];
    return [...named, ...needless.map((name) => `${flagOf(name)}: goes without --take-back`)];
  }
  const problems = [
    ...(version === undefined ? ['<version>: is missing, e.g. npx cutover upgrade v2'] : []),
    ...wrongSteps(String(typed.steps ?? '100')),
  ];
  const others = readOptions(upgradeOptions, typed).problems.length + problems.length;
  return others > 0 ? [...problems, ...unknown(version)] : [];
};

/** The version that is not there, if it is named. */
export function unknown(version: string | undefined, flag = ''): readonly string[] {
  const available = availableVersions();
  if (version === undefined || available.includes(version)) return [];
  return [unknownVersion(version, available, flag).message];
}

/** What the lab is asked for. */
export function toRequest(to: string, options: UpgradeOptions): UpgradeRequest {
  const { strategy, order, build, rollback, steps, bakeRecords } = options;
  return {
    ...{ to, bakeRecords, steps: readSteps(steps) },
    ...({ strategy, order, build } as Pick<UpgradeRequest, 'strategy' | 'order' | 'build'>),
    rollback: (/^\d+$/.test(rollback) ? Number(rollback) : rollback) as UpgradeRequest['rollback'],
  };
}

function wrongSteps(text: string): readonly string[] {
  const steps = readSteps(text);
  const isAscending = steps.every((step, at) => step > (steps[at - 1] ?? 0));
  return isAscending && steps.at(-1) === 100
    ? []
    : [`--steps ${text}: must ascend and end with 100`];
}

function readSteps(text: string): readonly number[] {
  return text.split(',').map(Number);
}

function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
