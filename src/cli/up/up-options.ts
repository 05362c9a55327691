/** Options of `cutover up`, and the lab that they describe. */

import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import Type from 'typebox';
import { availableVersions } from '../../app/versions/load.ts';
import { compatibilityModes } from '../../experiment/planner/compatibility.ts';
import type { LabSpec } from '../../platform/platform.ts';
import { externalOptions, readExternal } from '../external-components.ts';
import { placeOptions } from '../place-options.ts';

const choice = (flags: string, description: string, values: readonly string[], standard: string) =>
  Type.String({
    flags,
    description: `${description} (${values.join(', ')})`,
    enum: values,
    expected: `one of: ${values.join(', ')}`,
    default: standard,
  });

const whole = (
  flags: string,
  description: string,
  limits: { readonly minimum: number; readonly maximum: number; readonly default: number },
) => {
  const expected = `a whole number from ${limits.minimum} to ${limits.maximum}`;
  return Type.Integer({ flags, description, expected, ...limits });
};

/** What a person may set; the names are those of commander's values. */
export const upOptions = Type.Object({
  app: choice('--app <version>', 'version of the application', availableVersions(), 'v1'),
  skus: whole('--skus <n>', 'number of SKUs, each with 211,824 records', {
    minimum: 1,
    maximum: 100_000,
    default: 10,
  }),
  rate: Type.Optional(
    Type.String({
      flags: '--rate <n|max>',
      description: 'records per second (default: 20000, with --once max)',
      pattern: '^(max|[1-9][0-9]{0,8})$',
      expected: 'a whole number of records per second, or max',
    }),
  ),
  order: choice(
    '--order <order>',
    'order of the hours of a SKU',
    ['chronological', 'shuffled'],
    'chronological',
  ),
  seed: whole('--seed <n>', 'seed of all randomness', {
    minimum: 0,
    maximum: 4_294_967_295,
    default: 1,
  }),
  schemaStyle: choice(
    '--schema-style <style>',
    'how fields that a version adds are declared',
    ['optional', 'defaulted', 'required', 'tightened'],
    'optional',
  ),
  compatibility: choice(
    '--compatibility <mode>',
    'compatibility mode of both subjects in the registry',
    compatibilityModes,
    'BACKWARD',
  ),
  partitions: whole('--partitions <n>', 'partitions of the data topics', {
    minimum: 1,
    maximum: 100,
    default: 6,
  }),
  brokers: Type.Integer({
    flags: '--brokers <1|3>',
    description: 'number of Kafka brokers',
    enum: [1, 3],
    expected: '1 or 3',
    default: 1,
  }),
  data: Type.Optional(
    Type.String({
      flags: '--data <folder>',
      description: 'folder that keeps the data between runs (default: a temporary one)',
      minLength: 1,
      expected: 'a folder',
    }),
  ),
  port: whole('--port <n>', 'port of the page; another one is taken where it is not free', {
    minimum: 0,
    maximum: 65_535,
    default: 8080,
  }),
  ...externalOptions,
  ...placeOptions,
});

/** The options with their defaults filled in. */
export type UpOptions = Type.Static<typeof upOptions>;

/** What a platform is asked to bring up for these options. */
export function toLabSpec(options: UpOptions): LabSpec {
  return {
    name: options.name,
    brokers: options.brokers === 3 ? 3 : 1,
    partitions: options.partitions,
    restPort: options.port,
    ...(options.data === undefined ? {} : { dataDir: resolve(options.data) }),
    external: readExternal(options),
    run: {
      runId: makeRunId(new Date()),
      seed: options.seed,
      skus: options.skus,
      order: options.order === 'shuffled' ? 'shuffled' : 'chronological',
    },
  };
}

/** Sorts by time and differs between labs started in the same second. */
function makeRunId(now: Date): string {
  const time = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `${time}-${randomBytes(3).toString('hex')}`;
}
