/** Refuses weights that readers cannot be shared out by. */
import { LocalError } from '../errors.ts';

/** Throws a {@link LocalError} where a deployment is unknown, a weight is no number of 0 or more, or none is above 0. */
export function checkWeights(
  weights: Readonly<Record<string, number>>,
  deployments: readonly string[],
): void {
  for (const [name, weight] of Object.entries(weights)) {
    if (!deployments.includes(name)) {
      const message = `There is no deployment "${name}" in this lab that readers can be routed to`;
      throw new LocalError('INSTANCE_UNKNOWN', message);
    }
    if (!Number.isFinite(weight) || weight < 0) {
      const message = `The weight of "${name}" is ${weight}; it must be a number of 0 or more`;
      throw new LocalError('WEIGHTS_UNUSABLE', message);
    }
  }
  if (Object.values(weights).every((weight) => weight === 0)) {
    throw new LocalError('WEIGHTS_UNUSABLE', 'At least one deployment must have a weight above 0');
  }
}
