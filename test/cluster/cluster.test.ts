/** Starts a cluster of its own beside any other, sees that all of it works, and that the machine is as before afterwards. */
import assert from 'node:assert/strict';
import test, { after, before, suite } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { requireTools } from '../../images/tools.ts';
import type { Cluster } from './cluster.ts';
import { startCluster } from './cluster.ts';
import type { Kubectl } from './kubernetes/kubectl.ts';
import { kubectlOf } from './kubernetes/kubectl.ts';
import { clusterCache } from './layout.ts';
import type { MachineSnapshot } from './machine-snapshot.ts';
import { findLastingDifferences, findOthers, takeSnapshot } from './machine-snapshot.ts';
import { systemTools } from './requirements.ts';
import { runProgram } from './run-program.ts';
import { waitUntil } from './wait-until.ts';

const name = 'works';
const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};
const fixture = (file: string): string =>
  fileURLToPath(new URL(`fixtures/${file}`, import.meta.url));

suite('a cluster', { concurrency: false }, () => {
  const others = findOthers();
  let machine: MachineSnapshot;
  let cluster: Cluster | undefined;
  let kubectl: Kubectl;
  let imagesBefore: readonly string[];

  const inClient = (...command: readonly string[]): Promise<string> =>
    kubectl(['exec', '-n=web', 'client', '--', ...command]);
  /** Nodes of the pods that are ready and not about to end. */
  const webNodes = async (): Promise<readonly string[]> => {
    const query = ['get', 'pods', '-n=web', '-l=app=web', '-o=json'];
    const { items } = JSON.parse(await kubectl(query)) as { items: readonly Pod[] };
    return items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .filter(({ status }) => status.conditions?.some(isReady))
      .map(({ spec }) => spec.nodeName)
      .sort();
  };

  const untilWebOn = async (nodes: readonly string[], limitMs: number): Promise<void> => {
    const what = `the pods are not on ${nodes}`;
    await waitUntil({ what, limitMs, pollMs: 500 }, async () =>
      isDeepStrictEqual(await webNodes(), nodes) ? true : undefined,
    );
  };

  before(async () => {
    await requireTools(systemTools, log);
    machine = takeSnapshot(others);
    cluster = await startCluster({ name, log });
    imagesBefore = await listStores();
    kubectl = kubectlOf(cluster.kubectl.replace(/\/kubectl$/, ''), cluster.kubeconfig);
    await kubectl(['apply', '-f', fixture('web.yaml'), '-f', fixture('routes.yaml')]);
    await kubectl(['rollout', 'status', '-n=web', 'deployment/web', '--timeout=90s']);
    const ready = ['wait', '--for=condition=Ready', '--timeout=90s'];
    await kubectl([...ready, '-n=web', 'pod/client']);
    await kubectl([...ready, '-n=routes', 'pod/old', 'pod/new']);
  });
  after(() => cluster?.down());

  test('has two nodes of the version that was built', async () => {
    const path = '{range .items[*]}{.metadata.name} {.status.nodeInfo.kubeletVersion}{"\\n"}{end}';
    const nodes = await kubectl(['get', 'nodes', `-o=jsonpath=${path}`]);
    assert.equal(nodes, 'node-1 v1.34.4\nnode-2 v1.34.4\n');
    const version = JSON.parse(await kubectl(['get', '--raw=/version'])) as { gitVersion: string };
    assert.equal(version.gitVersion, 'v1.34.4');
  });

  test('spreads a Deployment over the nodes, whose pods answer each other by the name of their Service', async () => {
    assert.deepEqual(await webNodes(), ['node-1', 'node-2']);
    const answers = new Set<string>();
    // The client is on the first node, so an answer of each pod has crossed from node to node.
    await waitUntil({ what: 'only one pod answers', limitMs: 30_000, pollMs: 0 }, async () => {
      answers.add(await inClient('wget', '-qO-', 'http://web.web.svc.cluster.local'));
      return answers.size === 2 ? true : undefined;
    });
  });

  test('shows what a pod wrote', async () => {
    const logs = await kubectl(['logs', '-n=web', '-l=app=web']);
    assert.deepEqual(logs.trim().split('\n'), ['I serve', 'I serve']);
  });

  test('binds a volume by default and keeps what is written on it', async () => {
    const phase = await kubectl(['get', '-n=web', 'pvc/data', '-o=jsonpath={.status.phase}']);
    assert.equal(phase, 'Bound');
    await inClient('sh', '-c', 'echo kept > /data/file');
    await kubectl(['delete', '-n=web', 'pod/client', '--wait']);
    await kubectl(['apply', '-f', fixture('web.yaml')]);
    await kubectl(['wait', '-n=web', '--for=condition=Ready', 'pod/client', '--timeout=60s']);
    assert.equal(await inClient('cat', '/data/file'), 'kept\n');
  });

  test('refuses a pod that its namespace does not allow', async () => {
    const root = ['run', 'root', '-n=web', '--image=cutover/busybox:1', '--', 'sleep', '60'];
    await assert.rejects(kubectl(root), /violates PodSecurity "restricted/);
  });

  test('gives nobody a right that no role gives', async () => {
    const asPod = ['get', 'secrets', '-n=web', '--as=system:serviceaccount:web:default'];
    await assert.rejects(kubectl(asPod), /cannot list resource "secrets"/);
    const asOtherNode = ['annotate', 'node/node-1', 'a=b', '--as=system:node:node-2'];
    await assert.rejects(
      kubectl([...asOtherNode, '--as-group=system:nodes', '--as-group=system:authenticated']),
      /is not allowed to modify node|forbidden/,
    );
  });

  test('sends requests from the machine through the Gateway by the weights of a route', async () => {
    const url = cluster?.gatewayUrl ?? '';
    const ask = async (): Promise<string> => (await fetch(url)).text();
    await waitUntil({ what: 'the route does not answer', limitMs: 30_000 }, async () =>
      ['old\n', 'new\n'].includes(await ask()) ? true : undefined,
    );
    const shareOfNew = async (requests: number): Promise<number> => {
      const answers = await Promise.all(Array.from({ length: requests }, ask));
      return answers.filter((answer) => answer === 'new\n').length / requests;
    };
    assert.equal(await shareOfNew(100), 0.25);
    await setWeights(kubectl, 0, 100);
    await waitUntil({ what: 'the weights are the old ones', limitMs: 30_000 }, async () =>
      (await shareOfNew(20)) === 1 ? true : undefined,
    );
  });

  test('moves the pods of a drained node', async () => {
    await kubectl(['drain', 'node-2', '--ignore-daemonsets', '--force', '--delete-emptydir-data']);
    await untilWebOn(['node-1', 'node-1'], 60_000);
    await kubectl(['uncordon', 'node-2']);
  });

  test('moves the pods of a lost node, and takes the node back with what was on its disk', async () => {
    await kubectl(['rollout', 'restart', '-n=web', 'deployment/web']);
    await kubectl(['rollout', 'status', '-n=web', 'deployment/web', '--timeout=60s']);
    await untilWebOn(['node-1', 'node-2'], 30_000);
    await cluster?.stopNode('node-2');
    await untilWebOn(['node-1', 'node-1'], 120_000);
    await cluster?.startNode('node-2');
    const ready = ['wait', '--for=condition=Ready', '--timeout=60s'];
    await kubectl([...ready, 'node/node-2']);
    await kubectl(['rollout', 'restart', '-n=web', 'deployment/web']);
    await kubectl(['rollout', 'status', '-n=web', 'deployment/web', '--timeout=60s']);
    // The image was on the disk, for nothing has loaded it again.
    await untilWebOn(['node-1', 'node-2'], 30_000);
  });

  test('leaves the machine as it was, and images as the next cluster needs them', async () => {
    assert.ok(cluster);
    await cluster.down();
    assert.deepEqual(await findLastingDifferences(machine, others), []);
    assert.notEqual(imagesBefore.length, 0);
    assert.deepEqual(await listStores(), imagesBefore);
  });
});

/** Files of unpacked images, each with its size and when it was changed, in seconds. */
async function listStores(): Promise<readonly string[]> {
  const find = ['-path', '*/store-*', '-type', 'f', '-printf', '%P %s %T@\\n'];
  const listed = await runProgram('find', [clusterCache(), ...find]);
  return listed.split('\n').filter(Boolean).sort();
}

interface Pod {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName: string };
  readonly status: { readonly conditions?: readonly Condition[] };
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

function isReady({ type, status }: Condition): boolean {
  return type === 'Ready' && status === 'True';
}

async function setWeights(kubectl: Kubectl, old: number, next: number): Promise<void> {
  const patch = [old, next].map((value, index) => ({
    op: 'replace',
    path: `/spec/rules/0/backendRefs/${index}/weight`,
    value,
  }));
  const args = ['-n=routes', 'httproute/front', '--type=json', `--patch=${JSON.stringify(patch)}`];
  await kubectl(['patch', ...args]);
}
