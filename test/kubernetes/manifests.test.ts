/** Every overlay of `deploy/` is accepted by a real API server, obeys restricted Pod Security, and keeps the house's rules. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { after, before, suite } from 'node:test';
import { availableVersions } from '../../src/app/versions/load.ts';
import type { Kubectl } from '../cluster/kubernetes/kubectl.ts';
import { kubectlOf } from '../cluster/kubernetes/kubectl.ts';
import type { SharedCluster } from '../cluster/shared-cluster.ts';
import { shareCluster } from '../cluster/shared-cluster.ts';
import { strimziCrds } from './crds/strimzi-crds.ts';
import type { KubernetesObject } from './overlay.ts';
import { parseObjects, podsOf, renderOverlay } from './overlay.ts';

const namespace = 'manifests-test';
/** The definitions of these resources cannot be had here; the rest of their overlay is checked as the others are. */
const unknownGroup = 'platform.confluent.io/';
const log = (line: string): void => void process.stderr.write(`${line}\n`);

let cluster: SharedCluster;
let kubectl: Kubectl;

before(async () => {
  cluster = await shareCluster(log);
  kubectl = kubectlOf(dirname(cluster.kubectl), cluster.kubeconfig);
  const crds = await strimziCrds(log);
  for (const file of readdirSync(crds).filter((name) => name.endsWith('.yaml'))) {
    await kubectl(['apply', '--server-side', '--force-conflicts', '-f', join(crds, file)]);
  }
  await apply((await objectsOf('plain')).filter(({ kind }) => kind === 'Namespace'));
});

after(async () => {
  await kubectl(['delete', 'namespace', namespace, '--wait=false', '--ignore-not-found']);
  await cluster.leave();
});

async function objectsOf(overlay: string): Promise<readonly KubernetesObject[]> {
  const resources = overlay === 'plain' ? ['base/gateway'] : [];
  return parseObjects(
    await renderOverlay(kubectl, `overlays/${overlay}`, { namespace, resources }),
  );
}

async function apply(objects: readonly unknown[], ...options: string[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await kubectl(['apply', '--server-side', '--force-conflicts', ...options, '-f', '-'], { input });
}

/** Fails where the API server would refuse one of the objects, or warn of it. */
const dryRun = (objects: readonly unknown[]): Promise<void> =>
  apply(objects, '--dry-run=server', '--warnings-as-errors');

for (const overlay of ['plain', 'kafka-ui', 'strimzi', 'confluent']) {
  suite(`the overlay ${overlay}`, () => {
    let objects: readonly KubernetesObject[];

    before(async () => {
      objects = await objectsOf(overlay);
      await apply(objects.filter(({ kind }) => kind === 'ServiceAccount'));
    });

    test('is accepted by the API server, without a warning', async () => {
      const known = objects.filter(({ apiVersion }) => !apiVersion.startsWith(unknownGroup));
      assert.ok(known.length > 35, `${known.length} objects`);
      await dryRun(known);
    });

    test('has no pod that restricted Pod Security refuses', async () => {
      const pods = podsOf(objects);
      assert.ok(pods.length >= 6, `${pods.length} pods`);
      await dryRun(pods);
    });

    test('lies in one namespace, and all of it says that it belongs to the lab', () => {
      for (const { kind, metadata } of objects) {
        const what = `${kind} ${metadata.name}`;
        assert.equal(kind === 'Namespace' ? metadata.name : metadata.namespace, namespace, what);
        assert.equal(metadata.labels?.['app.kubernetes.io/part-of'], 'cutover', what);
      }
    });

    test('keeps no secret', () => {
      assert.deepEqual(
        objects.filter(({ kind }) => kind === 'Secret').map(({ metadata }) => metadata.name),
        [],
      );
    });

    test('gives the token of the Kubernetes API to the lab’s own jobs alone', () => {
      const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount');
      assert.ok(accounts.every((account) => account.automountServiceAccountToken === false));
      const withToken = podsOf(objects).filter(({ spec }) => spec.automountServiceAccountToken);
      assert.deepEqual([...new Set(withToken.map(({ spec }) => spec.serviceAccountName))], ['lab']);
    });

    test('has containers with limits, a read-only root and no privilege', () => {
      for (const { metadata, spec } of podsOf(objects)) {
        for (const container of spec.containers) {
          const { requests, limits } = container.resources;
          assert.ok(requests.cpu && requests.memory && limits.memory, metadata.name);
          assert.equal(container.securityContext.readOnlyRootFilesystem, true, metadata.name);
          assert.deepEqual(container.securityContext.capabilities, { drop: ['ALL'] });
        }
        assert.equal(spec.securityContext.runAsNonRoot, true, metadata.name);
        assert.equal(spec.securityContext.seccompProfile.type, 'RuntimeDefault', metadata.name);
      }
    });

    test('probes whatever runs on, and lets a budget say how much of it may be away', () => {
      const running = objects.filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind));
      const budgets = objects.filter(({ kind }) => kind === 'PodDisruptionBudget');
      for (const { metadata, spec } of running) {
        for (const { livenessProbe, readinessProbe } of spec.template.spec.containers) {
          assert.ok(livenessProbe && readinessProbe, metadata.name);
        }
        const { labels } = spec.template.metadata;
        const covered = budgets.filter(({ spec: { selector } }) =>
          Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value),
        );
        const alone = ['registry', 'kafka-ui'].includes(metadata.name);
        assert.equal(covered.length, alone ? 0 : 1, metadata.name);
      }
    });
  });
}

for (const version of availableVersions()) {
  test(`a user's kustomization sets the application to ${version} by one component`, async () => {
    const changes = { namespace, components: [`versions/${version}`] };
    const objects = parseObjects(await renderOverlay(kubectl, 'overlays/plain', changes));
    const programs = objects.filter(
      ({ kind, metadata: { name } }) =>
        kind === 'Deployment' && ['generator', 'back-end', 'stats'].includes(name),
    );
    const set = programs.map(({ metadata: { labels }, spec: { template } }) => [
      labels?.['app.kubernetes.io/version'],
      template.metadata.labels['app.kubernetes.io/version'],
      template.spec.containers[0].image,
    ]);
    const expected = [version, version, `docker.io/cutover/app:${version}`];
    assert.deepEqual(set, [expected, expected, expected]);
  });
}

suite('restricted Pod Security is enforced', () => {
  const pod = (security: object, podSecurity: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'intruder', namespace },
    spec: {
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
        ...podSecurity,
      },
      containers: [
        {
          name: 'intruder',
          image: 'docker.io/cutover/app:v1',
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            ...security,
          },
        },
      ],
    },
  });

  test('a pod that obeys is accepted', () => dryRun([pod({})]));

  const refused: readonly [what: string, pod: object][] = [
    ['a privileged container', pod({ privileged: true, allowPrivilegeEscalation: true })],
    ['the user root', pod({}, { runAsNonRoot: false, runAsUser: 0 })],
    ['a kept capability', pod({ capabilities: {} })],
    ['no seccomp profile', pod({}, { seccompProfile: undefined })],
  ];
  for (const [what, object] of refused) {
    test(`${what} is refused`, async () => {
      const create = ['create', '--dry-run=server', '-f', '-'];
      await assert.rejects(
        kubectl(create, { input: JSON.stringify(object) }),
        /violates PodSecurity "restricted/,
      );
    });
  }
});
