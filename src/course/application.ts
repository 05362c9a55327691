/** The three deployments of the application as an experiment starts them. */

import type { Experiment } from '../experiment/experiment.ts';
import type { DeploymentSpec, RunSettings } from '../platform/platform.ts';
import type { Serving } from '../strategy/strategy.ts';
import type { Site } from './site.ts';

/** Two, so that a new one can stand beside an old one without the work resting on either alone. */
const BACK_ENDS = 2;

/** The application at a version; the deployments are named after their roles. */
export function applicationAt(
  version: string,
  { style, workload }: Experiment,
  { run, env: dataEnv }: Pick<Site, 'run' | 'env'>,
  epoch: number,
): Serving {
  const common = { SCHEMA_STYLE: style, SEED: String(run.seed) };
  const spec = (
    role: DeploymentSpec['role'],
    replicas: number,
    env: Record<string, string>,
  ): DeploymentSpec => ({
    name: role,
    role,
    version,
    replicas,
    env: { ...common, ...dataEnv(role, version), ...env },
  });
  return {
    'back-end': spec('back-end', BACK_ENDS, { EPOCH: String(epoch), READY_LAG: 'any' }),
    stats: spec('stats', 1, {}),
    generator: spec('generator', 1, {
      SKUS: skuList(run.skus),
      ORDER: run.order,
      RATE: String(workload.ratePerSecond),
    }),
  };
}

/** SKUs of a run, by number. */
export function skusOf({ skus }: Pick<RunSettings, 'skus'>): readonly number[] {
  return Array.from({ length: skus }, (_, index) => index);
}

function skuList(skus: number): string {
  return `0-${skus - 1}`;
}
