/** Tests a lab that has what it needs but for something: the Gateway, which another has, an image, a right setting. What cannot work is told within a minute. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import test, { after, before } from 'node:test';
import { createKubernetesPlatform } from '../../src/platform/kubernetes/index.ts';
import type { Lab, LabSpec } from '../../src/platform/platform.ts';
import type { Kubectl } from '../cluster/kubernetes/kubectl.ts';
import { kubectlOf } from '../cluster/kubernetes/kubectl.ts';
import type { SharedCluster } from '../cluster/shared-cluster.ts';
import { shareCluster, useCluster } from '../cluster/shared-cluster.ts';
import { deployment } from '../integration/lab.ts';
import { loadLabImages } from './lab-images.ts';
import { refusal } from './refusal.ts';

const spec: LabSpec = {
  name: 'hopeless',
  brokers: 1,
  partitions: 6,
  external: {},
  run: { runId: 'hopeless', seed: 1, skus: 1, order: 'chronological' },
};
const ELSEWHERE = 'hopeless-elsewhere';
/** As another lab has them: its route is older than any that is made from now on. */
const elsewhere = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ELSEWHERE } },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'cutover', namespace: ELSEWHERE },
      spec: { parentRefs: [{ name: 'cutover' }], rules: [{}] },
    },
  ],
};
const log = (line: string): void => void process.stderr.write(`${line}\n`);

let cluster: SharedCluster;
let kubectl: Kubectl;
let lab: Lab;

before(async () => {
  cluster = await shareCluster(log);
  useCluster(cluster);
  await loadLabImages(cluster, ['app-v1', 'kafka', 'registry', 'valkey'], log);
  kubectl = kubectlOf(dirname(cluster.kubectl), cluster.kubeconfig);
  await kubectl(['apply', '-f', '-'], { input: JSON.stringify(elsewhere) });
  const { context, gatewayUrl } = cluster;
  const platform = createKubernetesPlatform({ context, gateway: gatewayUrl });
  lab = await platform.up(spec, () => undefined);
});

after(async () => {
  await lab?.down();
  await kubectl(['delete', 'namespace', ELSEWHERE, '--ignore-not-found', '--wait=false']);
  await cluster.leave();
});

test('where another lab has the Gateway, readers come in by a port, and no route of this one is there', async () => {
  assert.match(lab.addresses.rest, /^http:\/\/127\.0\.0\.1:/);
  assert.equal(await kubectl(['get', 'httproutes,gateways', '-n', 'cutover-hopeless']), '');
});

test('an image that cannot be pulled and a setting that is wrong are told by deploy', async () => {
  const [image, setting] = await Promise.all([
    refusal(() => lab.deploy(deployment('stats', { version: 'v99' }))),
    refusal(() => lab.deploy(deployment('back-end', { env: { EPOCH: 'never' } }))),
  ]);
  assert.match(image, /has no image .*app:v99\. Mend: npm run images/);
  assert.match(setting, /ends again and again, last with code 64.*EPOCH 'never'/);
  assert.deepEqual(await lab.deployments(), [], 'what never worked is removed again');
});
