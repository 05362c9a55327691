/** Tests a lab that has what it needs but for something: the Gateway, which another has, an image, a right setting, a policy's leave. What cannot work is told within a minute. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import test, { after, before } from 'node:test';
import { createKubernetesPlatform } from '../../src/platform/kubernetes/index.ts';
import type { Lab, LabSpec } from '../../src/platform/platform.ts';
import type { Kubectl } from '../cluster/kubernetes/kubectl.ts';
import { kubectlOf } from '../cluster/kubernetes/kubectl.ts';
import type { SharedCluster } from '../cluster/shared-cluster.ts';
import { useCluster } from '../cluster/shared-cluster.ts';
import { deployment } from '../integration/lab.ts';
import { shareLabCluster } from './lab-cluster.ts';
import { refusal } from './refusal.ts';

const spec: LabSpec = {
  name: 'hopeless',
  brokers: 1,
  partitions: 6,
  external: {},
  run: { runId: 'hopeless', seed: 1, skus: 1, order: 'chronological' },
};
const ELSEWHERE = 'hopeless-elsewhere';
const NAMESPACE = 'cutover-hopeless';
const POLICY = 'no-generator';
/** What others have on the cluster: a lab, whose route is older than any that is made from now on, and a policy. */
const ofOthers = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: POLICY },
      spec: {
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] },
          ],
        },
        validations: [
          {
            expression: `object.metadata.?labels[?'app.kubernetes.io/name'] != optional.of('generator')`,
            message: 'nobody generates here',
          },
        ],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: POLICY },
      spec: {
        policyName: POLICY,
        validationActions: ['Deny'],
        matchResources: {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } },
        },
      },
    },
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
  cluster = await shareLabCluster(['app-v1', 'kafka', 'registry', 'valkey'], log);
  useCluster(cluster);
  kubectl = kubectlOf(dirname(cluster.kubectl), cluster.kubeconfig);
  await kubectl(['apply', '-f', '-'], { input: JSON.stringify(ofOthers) });
  const { context, gatewayUrl } = cluster;
  const platform = createKubernetesPlatform({ context, gateway: gatewayUrl });
  lab = await platform.up(spec, () => undefined);
});

after(async () => {
  await lab?.down();
  const policies = ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'];
  await kubectl(['delete', policies.join(','), POLICY, '--ignore-not-found']);
  await kubectl(['delete', 'namespace', ELSEWHERE, '--ignore-not-found', '--wait=false']);
  await cluster.leave();
});

test('where another lab has the Gateway, readers come in by a port, and no route of this one is there', async () => {
  assert.match(lab.addresses.rest, /^http:\/\/127\.0\.0\.1:/);
  assert.equal(await kubectl(['get', 'httproutes,gateways', '-n', NAMESPACE]), '');
});

test('an image that cannot be pulled, a setting that is wrong and a policy that refuses are told by deploy', async () => {
  const [image, setting, policy] = await Promise.all([
    refusal(() => lab.deploy(deployment('stats', { version: 'v99' }))),
    refusal(() => lab.deploy(deployment('back-end', { env: { EPOCH: 'never' } }))),
    refusal(() => lab.deploy(deployment('generator'))),
  ]);
  assert.match(image, /has no image .*app:v99\. Mend: npm run images/);
  assert.match(setting, /cannot use its settings: it ended with code 64.*EPOCH 'never'/);
  assert.match(policy, /^generator: .*'no-generator'.* denied request: nobody generates here/);
  assert.deepEqual(await lab.deployments(), [], 'what never worked is removed again');
});
