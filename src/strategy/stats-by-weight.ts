/** Changes the Summary Stats UI beside the old one: readers are passed to it by weight, the first of them once it shows everything. */

import type { DeploymentSpec } from '../platform/platform.ts';
import type { Change, Hands, RolloutStep, ServiceRollout, Serving } from './strategy.ts';
import { removeIfThere, successor } from './strategy.ts';

/** Takes the readers over share by share; with the one share 100 that is one atomic switch. */
export function statsByWeight(
  hands: Hands,
  serving: Serving,
  change: Change,
  shares: readonly number[],
): ServiceRollout {
  const old = serving.stats;
  const fresh = withStateOfItsOwn(successor(old, change));
  let isThere = false;
  const steps = shares.map(
    (share): RolloutStep => ({
      title: `${share} % of the readers`,
      share,
      async apply() {
        if (!isThere) {
          await hands.lab.deploy(fresh);
          isThere = true;
        }
        await hands.lab.route({ [fresh.name]: share, [old.name]: 100 - share });
      },
    }),
  );
  return {
    steps,
    after: { ...serving, stats: fresh },
    finish: () => removeIfThere(hands, old.name),
    async abort() {
      await hands.lab.deploy(old);
      await hands.lab.route({ [old.name]: 100 });
      await removeIfThere(hands, fresh.name);
    },
  };
}

/** Rows that another version has kept lack the fields that it does not know; a namespace that is not named is the version's own. */
function withStateOfItsOwn(spec: DeploymentSpec): DeploymentSpec {
  const { STATE_NAMESPACE: namespace } = spec.env;
  if (namespace === undefined) return spec;
  return { ...spec, env: { ...spec.env, STATE_NAMESPACE: `${namespace}.${spec.version}` } };
}
