/** Changes the Raw Data Generator SKU by SKU: the old one is quiet about a SKU before the new one goes on with it. */

import { assignSkus } from './assign-skus.ts';
import type { Change, Hands, RolloutStep, ServiceRollout, Serving } from './strategy.ts';
import { removeIfThere, successor } from './strategy.ts';

/** Setting of a generator that waits for its first SKU. */
const NO_SKUS = { SKUS: 'none' };

/** Takes the SKUs over share by share. */
export function generatorBySku(
  hands: Hands,
  serving: Serving,
  change: Change,
  shares: readonly number[],
): ServiceRollout {
  const old = serving.generator;
  const fresh = successor(old, change);
  const waiting = { ...fresh, env: { ...fresh.env, ...NO_SKUS } };
  let isThere = false;
  const steps = shares.map((share): RolloutStep => {
    const taken = Math.ceil((hands.skus.length * share) / 100);
    return {
      title: `${share} % of the SKUs: ${taken} of ${hands.skus.length}`,
      share,
      async apply() {
        if (!isThere) await hands.lab.deploy(waiting);
        isThere = true;
        await assignSkus(hands, old.name, hands.skus.slice(taken));
        await assignSkus(hands, waiting.name, hands.skus.slice(0, taken));
      },
    };
  });
  return {
    steps,
    after: { ...serving, generator: waiting },
    finish: () => removeIfThere(hands, old.name),
    async abort() {
      await removeIfThere(hands, waiting.name);
      await hands.lab.deploy(old);
      await assignSkus(hands, old.name, hands.skus);
    },
  };
}
