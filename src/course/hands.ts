/** What strategies may do, on a real lab. */

import { dataNamesOf } from '../platform/platform.ts';
import type { Hands } from '../strategy/strategy.ts';
import { skusOf } from './application.ts';
import { checkGates, untilAudited } from './bake.ts';
import { copyTopics } from './copy-topics.ts';
import { handOver } from './hand-over.ts';
import { waitUntilLevel } from './level.ts';
import type { Observer } from './observer.ts';
import type { Site } from './site.ts';

const WHOLE = [100];

/** Hands on a site, which the observer is told about; everything goes over in one step where no shares are given. */
export function handsOn(site: Site, observer: Observer, interrupt: AbortSignal): Hands {
  const { lab, partitions, run } = site;
  const { bootstrap, valkey } = lab.addresses;
  const route: Hands['lab']['route'] = async (weights) => {
    await lab.route(weights);
    observer.live = { ...observer.live, weights };
  };
  const checkUnless = (signal: AbortSignal) => () => {
    interrupt.throwIfAborted();
    signal.throwIfAborted();
    checkGates(observer);
  };
  return {
    lab: {
      deploy: (each, signal) => lab.deploy(each, signal),
      remove: (name) => lab.remove(name),
      deployments: () => lab.deployments(),
      route,
    },
    partitions,
    skus: skusOf(run),
    shares: WHOLE,
    createOutput: (topic, like) => copyTopics(bootstrap, [{ topic, like }]),
    handOver(blue, green, reader, signal = interrupt) {
      const about = { lab, state: valkey[0], partitions, blue, green, reader };
      return handOver({ ...about, check: checkUnless(signal), route });
    },
    async levelWith(blue, green, signal = interrupt) {
      const names = { blue: dataNamesOf(blue), green: dataNamesOf(green) };
      observer.audit(names.green);
      const states = { blue: names.blue.namespace, green: names.green.namespace };
      const check = checkUnless(signal);
      await waitUntilLevel({ state: valkey[0], ...states, partitions, check });
      await untilAudited(observer, AbortSignal.any([interrupt, signal]));
    },
  };
}
