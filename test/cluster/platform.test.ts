/** The platform contract on a real cluster, and what the Kubernetes platform refuses. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { createKubernetesPlatform } from '../../src/platform/kubernetes/index.ts';
import type { LabSpec } from '../../src/platform/platform.ts';
import { describePlatform } from '../contract/platform.contract.ts';
import { deployment } from '../integration/lab.ts';
import { loadLabImages } from './lab-images.ts';
import { refusal } from './refusal.ts';
import type { SharedCluster } from './shared-cluster.ts';
import { shareCluster, useCluster } from './shared-cluster.ts';

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
  cluster = await shareCluster(log);
  useCluster(cluster);
  await loadLabImages(cluster, ['app-v1', 'app-v2', 'kafka', 'registry', 'valkey'], log);
});

after(() => cluster.leave());

const platform = (context = cluster.context) =>
  createKubernetesPlatform({ context, gateway: cluster.gatewayUrl });

async function versionAt(url: string): Promise<string> {
  const answer = await fetch(`${url}/status`, { headers: { connection: 'close' } });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { version: string }).version;
}

describePlatform({
  name: 'kubernetes',
  create: () => platform(),
  spec,
  versionAt,
  limitMs: 90_000,
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

test('an image that cannot be pulled and a setting that is wrong are told by deploy', async () => {
  const lab = await platform().up(spec, () => undefined);
  try {
    const [image, setting] = await Promise.all([
      refusal(() => lab.deploy(deployment('stats', { version: 'v99' }))),
      refusal(() => lab.deploy(deployment('back-end', { env: { EPOCH: 'never' } }))),
    ]);
    assert.match(image, /has no image .*app:v99\. Mend: npm run images/);
    assert.match(setting, /ends again and again, last with code 64.*EPOCH 'never'/);
    assert.deepEqual(await lab.deployments(), [], 'what never worked is removed again');
  } finally {
    await lab.down();
  }
});
