/** What a cluster lacks is said before anything is made, all at once, with the command that mends it. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import test, { after, before } from 'node:test';
import { createKubernetesPlatform } from '../../src/platform/kubernetes/index.ts';
import type { LabSpec, Platform, Prerequisite } from '../../src/platform/platform.ts';
import type { Kubectl } from '../cluster/kubernetes/kubectl.ts';
import { kubectlOf } from '../cluster/kubernetes/kubectl.ts';
import type { SharedCluster } from '../cluster/shared-cluster.ts';
import { shareCluster, useCluster } from '../cluster/shared-cluster.ts';
import { refusal } from './refusal.ts';

const spec: LabSpec = {
  name: 'refused',
  brokers: 1,
  partitions: 6,
  external: {},
  run: { runId: 'refused', seed: 1, skus: 1, order: 'chronological' },
};
const log = (line: string): void => void process.stderr.write(`${line}\n`);

let cluster: SharedCluster;
let kubectl: Kubectl;
let platform: Platform;

before(async () => {
  cluster = await shareCluster(log);
  useCluster(cluster);
  kubectl = kubectlOf(dirname(cluster.kubectl), cluster.kubeconfig);
  platform = createKubernetesPlatform({ context: cluster.context, gateway: cluster.gatewayUrl });
});

after(() => cluster.leave());

async function prerequisite(name: string): Promise<Prerequisite | undefined> {
  return (await platform.doctor()).find((each) => each.name === name);
}

async function names(kind: string): Promise<readonly string[]> {
  return (await kubectl(['get', kind, '-o', 'name'])).trim().split('\n').filter(Boolean);
}

test('no storage and no memory are told together, and nothing is made', async () => {
  const annotation = 'storageclass.kubernetes.io/is-default-class';
  const classes = await names('storageclasses');
  const nodes = await names('nodes');
  try {
    for (const each of classes)
      await kubectl(['annotate', each, `${annotation}=false`, '--overwrite']);
    for (const each of nodes) await kubectl(['cordon', each]);
    const said = await refusal(() => platform.up(spec, () => undefined));
    assert.match(
      said,
      /storage: there is no default StorageClass.*Mend: kubectl patch storageclass/,
    );
    assert.match(said, /memory: .* asks for \d+ MiB\. Mend: /);
    assert.ok(!(await names('namespaces')).includes('namespace/cutover-refused'));
  } finally {
    for (const each of classes)
      await kubectl(['annotate', each, `${annotation}=true`, '--overwrite']);
    for (const each of nodes) await kubectl(['uncordon', each]);
  }
  assert.deepEqual(
    (await platform.doctor()).filter(({ ok }) => !ok),
    [],
  );
});

test('a cluster without the Gateway API is told by doctor, with what happens instead', async () => {
  const [gatewayClass = ''] = await names('gatewayclasses');
  const kept = await kubectl(['get', gatewayClass, '-o', 'json']);
  await kubectl(['delete', gatewayClass]);
  try {
    assert.match((await prerequisite('gateway'))?.detail ?? '', /no Gateway API: .*port-forward/);
  } finally {
    const { apiVersion, kind, metadata, spec: wanted } = JSON.parse(kept);
    const input = JSON.stringify({
      apiVersion,
      kind,
      metadata: { name: metadata.name },
      spec: wanted,
    });
    await kubectl(['apply', '-f', '-'], { input });
  }
});

test('a namespace that is somebody else’s is left alone', async () => {
  const elsewhere = createKubernetesPlatform({
    ...{ context: cluster.context, namespace: 'kube-system' },
  });
  assert.match(
    await refusal(() => elsewhere.up(spec, () => undefined)),
    /kube-system was not made by cutover.*Mend: --namespace/,
  );
  assert.match(await refusal(() => elsewhere.down('refused')), /was not made by a lab/);
});

test('a cluster that does not answer is told with the command that shows why', async () => {
  await kubectl(['config', 'set-cluster', 'nowhere', '--server=https://127.0.0.1:1']);
  await kubectl(['config', 'set-context', 'nowhere', '--cluster=nowhere']);
  try {
    const nowhere = createKubernetesPlatform({ context: 'nowhere' });
    const [unanswered] = (await nowhere.doctor()).filter(({ ok }) => !ok);
    assert.match(unanswered?.detail ?? '', /nowhere at https:\/\/127\.0\.0\.1:1 does not answer/);
    assert.equal(unanswered?.mend, 'kubectl --context nowhere version');
  } finally {
    await kubectl(['config', 'delete-context', 'nowhere']);
    await kubectl(['config', 'delete-cluster', 'nowhere']);
  }
});
