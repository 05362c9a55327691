/** A Deployment counts as rolled out when readers can be sent to it: its pods are ready and its Service leads to all of them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Cluster } from '../../../src/platform/kubernetes/cluster.ts';
import { deployment } from '../../../src/platform/kubernetes/rollout.ts';

/** A cluster whose Deployment wants two pods, as its API would answer; endpoints by their `ready`. */
function clusterWith(readyReplicas: number, endpoints: readonly (boolean | undefined)[]): Cluster {
  const status = { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas };
  const slices = [
    { endpoints: endpoints.map((ready) => ({ conditions: { ready } })) },
    // As it is while a Service leads nowhere.
    { endpoints: null },
  ];
  return {
    apps: {
      readNamespacedDeployment: async () => ({
        metadata: { generation: 1 },
        spec: { replicas: 2 },
        status,
      }),
    },
    custom: { listNamespacedCustomObject: async () => ({ items: slices }) },
  } as unknown as Cluster;
}

const missing = (readyReplicas: number, ...endpoints: readonly (boolean | undefined)[]) =>
  deployment(clusterWith(readyReplicas, endpoints), 'cutover', 'stats').missing();

test('pods that are not ready are told', async () => {
  assert.equal(await missing(1, true), '1 of 2 ready');
});

test('pods that are ready before their Service knows of them are told', async () => {
  assert.equal(await missing(2), '0 of 2 reachable');
  assert.equal(await missing(2, true, false), '1 of 2 reachable');
});

test('nothing is missing once all can be reached', async () => {
  assert.equal(await missing(2, true, true), undefined);
  // Nothing said means ready (EndpointSlice).
  assert.equal(await missing(2, true, undefined, false), undefined);
});
