/** Blue and green: green gets level with blue out of sight, then everything goes over to it in one step. */

import type { DeploymentSpec } from '../platform/platform.ts';
import { dataNamesOf } from '../platform/platform.ts';
import { generatorBySku } from './generator-by-sku.ts';
import { statsByWeight } from './stats-by-weight.ts';
import type { Change, Hands, ServiceRollout, ServiceStrategies, Serving } from './strategy.ts';
import { removeIfThere, successor } from './strategy.ts';

const ALL_AT_ONCE = [100];

/** Each service at once; blue stays warm until the rollout is finished. */
export const blueGreen: ServiceStrategies = {
  'back-end': greenBackEnd,
  stats: (hands, serving, change) => statsByWeight(hands, serving, change, ALL_AT_ONCE),
  generator: (hands, serving, change) => generatorBySku(hands, serving, change, ALL_AT_ONCE),
};

/** Green counts the whole log in a group, a state and an output of its own; readers are switched to a reader of that output. */
function greenBackEnd(hands: Hands, serving: Serving, change: Change): ServiceRollout {
  const blue = serving['back-end'];
  const green = greenOf(blue, change);
  const reader = readerOf(serving.stats, green, change);
  return {
    steps: [
      {
        title: 'green counts the log beside blue, then readers are switched to it',
        share: 100,
        async apply() {
          await hands.createOutput(dataNamesOf(green).summary, dataNamesOf(blue).summary);
          await hands.lab.deploy(green);
          await hands.levelWith(blue, green);
          await hands.lab.deploy(reader);
          await hands.handOver(blue, green, reader);
        },
      },
    ],
    after: { ...serving, 'back-end': green, stats: reader },
    async finish() {
      await Promise.all([
        removeIfThere(hands, serving.stats.name),
        removeIfThere(hands, blue.name),
      ]);
    },
    async abort() {
      await hands.lab.deploy(blue);
      await hands.lab.deploy(serving.stats);
      await hands.lab.route({ [serving.stats.name]: 100 });
      await removeIfThere(hands, reader.name);
      await removeIfThere(hands, green.name);
    },
  };
}

function greenOf(blue: DeploymentSpec, change: Change): DeploymentSpec {
  const { group, namespace, summary } = dataNamesOf(blue);
  const green = successor(blue, change);
  const own = (name: string) => `${name}.${green.name.slice('back-end-'.length)}${tryOf(change)}`;
  const names = {
    GROUP: own(group),
    STATE_NAMESPACE: own(namespace),
    SUMMARY_TOPIC: own(summary),
  };
  return { ...green, env: { ...green.env, ...names } };
}

/** The same Summary Stats UI on green's output, with a state of its own. */
function readerOf(stats: DeploymentSpec, green: DeploymentSpec, change: Change): DeploymentSpec {
  const { summary } = dataNamesOf(green);
  const namespace = stats.env.STATE_NAMESPACE ?? `stats-${stats.version}`;
  const name = `${stats.name}-of-${green.name}`;
  const env = {
    SUMMARY_TOPIC: summary,
    STATE_NAMESPACE: `${namespace}.of-${green.name}${tryOf(change)}`,
  };
  return { ...stats, name, env: { ...stats.env, ...env } };
}

/** Part of a name that no earlier try has, e.g. `-2` for the second; empty for the first. */
function tryOf({ triedBefore = 0 }: Change): string {
  return triedBefore === 0 ? '' : `-${triedBefore + 1}`;
}
