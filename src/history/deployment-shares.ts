/** The deployments of a running lab as a sample shows them, with the share of its role's work that each is given. */

import type { Deployment } from '../platform/platform.ts';
import type { InstanceSources } from './lab-sources.ts';
import type { DeploymentSample } from './timeline.ts';

/** Parts that readers are shared out by, by deployment; undefined: every instance gets the same. */
export type Weights = Readonly<Record<string, number>> | undefined;

/** The deployments; shares are in percent and add up to 100 for each role that has any. */
export function sampleDeployments(
  deployments: readonly Deployment[],
  all: readonly InstanceSources[],
  weights: Weights,
): readonly DeploymentSample[] {
  const parts = deployments.map((deployment) => ({
    deployment,
    part: partOf(deployment, all, weights),
  }));
  return parts.map(({ deployment: { spec, instances }, part }) => {
    const ofRole = parts.filter(({ deployment }) => deployment.spec.role === spec.role);
    const whole = ofRole.reduce((sum, each) => sum + (each.part ?? 0), 0);
    return {
      name: spec.name,
      role: spec.role,
      version: spec.version,
      instances: instances.map(({ name, ready, restarts }) => ({ name, ready, restarts })),
      share: part === null || whole === 0 ? null : (100 * part) / whole,
    };
  });
}

/** The deployment's part: SKUs, or readers by weight; null for a Back End, whose share are its partitions. */
function partOf(
  { spec, instances }: Deployment,
  all: readonly InstanceSources[],
  weights: Weights,
): number | null {
  if (spec.role === 'back-end') return null;
  if (spec.role === 'stats') {
    return weights === undefined ? instances.length : (weights[spec.name] ?? 0);
  }
  return all
    .filter((each) => each.present && each.spec.name === spec.name)
    .reduce((sum, { assignment }) => sum + (assignment?.heard?.answer.skus.length ?? 0), 0);
}
