/** Changes the Back End in its group and on its state: a new member starts before an old one leaves. */

import type { DeploymentSpec } from '../platform/platform.ts';
import { membersFor } from './members.ts';
import type { Change, Hands, RolloutStep, ServiceRollout, Serving } from './strategy.ts';
import { removeIfThere, successor } from './strategy.ts';

/** Takes the partitions over share by share. */
export function backEndInPlace(
  hands: Hands,
  serving: Serving,
  change: Change,
  shares: readonly number[],
): ServiceRollout {
  const old = serving['back-end'];
  const fresh = successor(old, change);
  const steps = shares.map((share): RolloutStep => {
    const members = membersFor(share, old.replicas, hands.partitions);
    return {
      title: `${share} % of the partitions: ${members.new} of ${members.old + members.new} members`,
      share,
      async apply() {
        await scale(hands, fresh, members.new);
        await scale(hands, old, members.old);
      },
    };
  });
  return {
    steps,
    after: { ...serving, 'back-end': fresh },
    finish: () => removeIfThere(hands, old.name),
    async abort() {
      await hands.lab.deploy(old);
      await removeIfThere(hands, fresh.name);
    },
  };
}

async function scale(hands: Hands, spec: DeploymentSpec, replicas: number): Promise<void> {
  if (replicas === 0) await removeIfThere(hands, spec.name);
  else await hands.lab.deploy({ ...spec, replicas });
}
