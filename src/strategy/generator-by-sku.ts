/** Changes the Raw Data Generator SKU by SKU: the old one is quiet about a SKU before the new one goes on with it. */

import { assignSkus } from './assign-skus.ts';
import type { Change, Hands, RolloutStep, ServiceRollout, Serving } from './strategy.ts';
import { removeIfThere, successor } from './strategy.ts';

/** Settings of a generator that waits for its first SKU, and keeps to the share of the rate that its SKUs have of all. */
function waitingFor(skus: number): Record<string, string> {
  return { SKUS: 'none', RATE_SKUS: String(Math.max(1, skus)) };
}

/** Takes the SKUs over share by share. */
export function generatorBySku(
  hands: Hands,
  serving: Serving,
  change: Change,
  shares: readonly number[],
): ServiceRollout {
  const old = serving.generator;
  const fresh = successor(old, change);
  const waiting = { ...fresh, env: { ...fresh.env, ...waitingFor(hands.skus.length) } };
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
    after: { ...serving, generator: fresh },
    async finish() {
      // What it was given over HTTP would be forgotten in a crash; its settings are not.
      await hands.lab.deploy(fresh);
      await removeIfThere(hands, old.name);
    },
    async abort() {
      await removeIfThere(hands, waiting.name);
      await hands.lab.deploy(old);
      await assignSkus(hands, old.name, hands.skus);
    },
  };
}
