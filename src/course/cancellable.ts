/** Lets go of a step's work as soon as its rollout is cancelled. */

import type { Hands } from '../strategy/strategy.ts';

/** As the hands, but nothing is begun, and no deployment waited for, once `signal` is aborted; it is asked for at each call. */
export function cancellable(hands: Hands, signal: () => AbortSignal | undefined): Hands {
  const { lab } = hands;
  const unlessCancelled = <Result>(work: () => Promise<Result>): Promise<Result> =>
    signal()?.aborted ? Promise.reject(signal()?.reason) : work();
  return {
    ...hands,
    lab: {
      deploy: (spec) => lab.deploy(spec, signal()),
      remove: (name) => unlessCancelled(() => lab.remove(name)),
      deployments: () => unlessCancelled(() => lab.deployments()),
      route: (weights) => unlessCancelled(() => lab.route(weights)),
    },
    createOutput: (topic, like) => unlessCancelled(() => hands.createOutput(topic, like)),
    handOver: (blue, green, reader) =>
      unlessCancelled(() => hands.handOver(blue, green, reader, signal())),
    levelWith: (blue, green) => unlessCancelled(() => hands.levelWith(blue, green, signal())),
  };
}
