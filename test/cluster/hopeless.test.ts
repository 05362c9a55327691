/** Tests that a deployment that cannot work is told within a minute, with what is wrong of it. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { createKubernetesPlatform } from '../../src/platform/kubernetes/index.ts';
import type { LabSpec } from '../../src/platform/platform.ts';
import { deployment } from '../integration/lab.ts';
import { loadLabImages } from './lab-images.ts';
import { refusal } from './refusal.ts';
import type { SharedCluster } from './shared-cluster.ts';
import { shareCluster, useCluster } from './shared-cluster.ts';

const spec: LabSpec = {
  name: 'hopeless',
  brokers: 1,
  partitions: 6,
  external: {},
  run: { runId: 'hopeless', seed: 1, skus: 1, order: 'chronological' },
};
const log = (line: string): void => void process.stderr.write(`${line}\n`);

let cluster: SharedCluster;

before(async () => {
  cluster = await shareCluster(log);
  useCluster(cluster);
  await loadLabImages(cluster, ['app-v1', 'kafka', 'registry', 'valkey'], log);
});

after(() => cluster.leave());

test('an image that cannot be pulled and a setting that is wrong are told by deploy', async () => {
  const { context, gatewayUrl } = cluster;
  const platform = createKubernetesPlatform({ context, gateway: gatewayUrl });
  const lab = await platform.up(spec, () => undefined);
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
