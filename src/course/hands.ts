/** What strategies may do, on a real lab. */

import type { Experiment } from '../experiment/experiment.ts';
import type { DeploymentSpec, Lab, LabSpec } from '../platform/platform.ts';
import type { Hands } from '../strategy/strategy.ts';
import { skusOf } from './application.ts';
import { checkGates } from './bake.ts';
import { waitUntilLevel } from './level.ts';
import type { Observer } from './observer.ts';
import { createOutputTopic } from './output-topic.ts';

const AUDITS = 2;
const POLL_MS = 50;

/** Hands on a lab, which the observer is told about. */
export function handsOn(
  lab: Lab,
  experiment: Experiment,
  observer: Observer,
  spec: Pick<LabSpec, 'partitions' | 'brokers'>,
): Hands {
  const [{ bootstrap, valkey }, { partitions }] = [lab.addresses, spec];
  return {
    lab: {
      deploy: (each) => lab.deploy(each),
      remove: (name) => lab.remove(name),
      deployments: () => lab.deployments(),
      async route(weights) {
        await lab.route(weights);
        observer.live = { ...observer.live, weights };
      },
    },
    partitions,
    skus: skusOf(lab.run),
    shares: experiment.upgrades[0]?.steps ?? [100],
    createOutput: (topic) => createOutputTopic(bootstrap, topic, partitions, spec.brokers),
    async levelWith(blue, green) {
      observer.watch(namespaceOf(green));
      const names = { blue: namespaceOf(blue), green: namespaceOf(green) };
      const check = () => checkGates(observer);
      await waitUntilLevel({ state: valkey[0], ...names, partitions, check });
      await audited(observer);
    },
  };
}

/** Namespace of a Back End's state. */
function namespaceOf({ env }: DeploymentSpec): string {
  return env.STATE_NAMESPACE ?? 'back-end';
}

/** Resolves when what is level was audited with no gate failing. */
async function audited(observer: Observer): Promise<void> {
  const before = observer.audits;
  while (observer.analysis !== undefined && observer.audits < before + AUDITS) {
    checkGates(observer);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  checkGates(observer);
}
