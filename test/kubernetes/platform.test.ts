/** The platform contract on a real cluster, and what the Kubernetes platform refuses. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { createKubernetesPlatform } from '../../src/platform/kubernetes/index.ts';
import type { LabSpec } from '../../src/platform/platform.ts';
import type { SharedCluster } from '../cluster/shared-cluster.ts';
import { useCluster } from '../cluster/shared-cluster.ts';
import { describePlatform } from '../contract/platform.contract.ts';
import { shareLabCluster } from './lab-cluster.ts';
import { versionAt } from './version-at.ts';

const spec: LabSpec = {
  name: 'contract',
  brokers: 1,
  partitions: 6,
  external: {},
  run: { runId: 'contract', seed: 1, skus: 1, order: 'chronological' },
};
const log = (line: string): void => void process.stderr.write(`${line}\n`);

let cluster: SharedCluster;

before(async () => {
  cluster = await shareLabCluster(['app-v1', 'app-v2', 'kafka', 'registry', 'valkey'], log);
  useCluster(cluster);
});

after(() => cluster.leave());

const platform = (context = cluster.context) =>
  // By a port, for the main run's lab has the Gateway meanwhile; how readers are shared out there is tested on it.
  createKubernetesPlatform({ context, gateway: 'none' });

describePlatform({
  name: 'kubernetes',
  create: () => platform(),
  spec,
  versionAt,
  limitMs: 90_000,
  pauseMs: 400,
  suiteLimitMs: 400_000,
});

test('a context that was not named is not used, and one that is not there is refused', async () => {
  await assert.rejects(
    createKubernetesPlatform().up(spec, () => undefined),
    /no context was named.*Mend: --context with one of: /,
  );
  await assert.rejects(
    platform('nobody').up(spec, () => undefined),
    /"nobody" is not in the kubeconfig.*Mend: --context/,
  );
});
