/** The three deployments of the application as `cutover up` wants them. */

import type { DeploymentSpec, RunSettings } from '../../platform/platform.ts';
import type { UpOptions } from './up-options.ts';

/** Names of the deployments; each is also its role. */
const deploymentNames = ['back-end', 'stats', 'generator'] as const;

/** The three deployments, in the order in which data is read: consumers before the producer. */
export function describeDeployments(
  options: UpOptions,
  run: RunSettings,
  rate: string,
): readonly DeploymentSpec[] {
  const common = { SCHEMA_STYLE: options.schemaStyle, SEED: String(run.seed) };
  // A kept state has seen earlier epochs; the time in seconds is above all of them.
  const epoch = String(Math.floor(Date.now() / 1000));
  const own = {
    // The first start may meet any backlog; it counts as begun, not as failed.
    'back-end': { EPOCH: epoch, READY_LAG: 'any' },
    stats: {},
    generator: { SKUS: `0-${run.skus - 1}`, ORDER: run.order, RATE: rate },
  };
  return deploymentNames.map((role) => ({
    name: role,
    role,
    version: options.app,
    replicas: 1,
    env: { ...common, ...own[role] },
  }));
}
