/** Tests hands that let go when a rollout is cancelled, and work again for the way back. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { cancellable } from '../../src/course/cancellable.ts';
import type { DeploymentSpec } from '../../src/platform/platform.ts';
import type { Hands } from '../../src/strategy/strategy.ts';

const spec: DeploymentSpec = {
  name: 'stats-v2',
  role: 'stats',
  version: 'v2',
  replicas: 1,
  env: {},
};

test('nothing is begun once it is cancelled, a deployment is let go, and the way back is free', async () => {
  const done: string[] = [];
  const did = async (what: string) => void done.push(what);
  const hands: Hands = {
    lab: {
      async deploy(each, signal) {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        signal?.addEventListener('abort', () => reject(signal.reason));
        if (signal === undefined) resolve();
        await promise;
        await did(`deploy ${each.name}`);
        return { spec: each, instances: [] };
      },
      remove: (name) => did(`remove ${name}`),
      deployments: async () => [],
      route: () => did('route'),
    },
    ...{ partitions: 6, skus: [0], shares: [100] },
    createOutput: (topic) => did(`topic ${topic}`),
    handOver: (_blue, _green, _reader, signal) =>
      did(`hand over unless aborted: ${signal?.aborted}`),
    levelWith: (_blue, _green, signal) => did(`level unless aborted: ${signal?.aborted}`),
  };
  const cancel = new AbortController();
  let isGoingBack = false;
  const own = cancellable(hands, () => (isGoingBack ? undefined : cancel.signal));

  await own.createOutput('summary-stats.v2', 'summary-stats');
  const deploying = own.lab.deploy(spec);
  cancel.abort(new Error('interrupted'));
  await assert.rejects(deploying, /interrupted/);
  const tries = [
    () => own.lab.remove('stats'),
    () => own.lab.deployments(),
    () => own.lab.route({ stats: 100 }),
    () => own.createOutput('a', 'b'),
    () => own.levelWith(spec, spec),
  ];
  for (const each of tries) await assert.rejects(each, /interrupted/);
  assert.deepEqual(done, ['topic summary-stats.v2']);

  isGoingBack = true;
  await own.lab.deploy(spec);
  await own.lab.remove('stats-v2');
  assert.deepEqual(done.slice(1), ['deploy stats-v2', 'remove stats-v2']);
});
