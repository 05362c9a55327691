/** The plain overlay as GitOps applies it: everything becomes ready by itself, and a change of the version loses no reader. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kubectl } from '../cluster/kubernetes/kubectl.ts';
import { kubectlOf } from '../cluster/kubernetes/kubectl.ts';
import type { SharedCluster } from '../cluster/shared-cluster.ts';
import { step } from '../cluster/steps.ts';
import { waitUntil } from '../cluster/wait-until.ts';
import { shareLabCluster } from './lab-cluster.ts';
import { renderOverlay } from './overlay.ts';

const namespace = 'plain-test';
const SKUS = 2;
/** Records per second: so few that the history does not end before the version changed, and what is left of it in no time. */
const RATES: Readonly<Record<string, string>> = { v1: '4000', v2: 'max' };
const HISTORY_RECORDS = SKUS * 211_824;
/** So that another lab's route on the same gateway is not ours. */
const host = 'plain.test';
const log = (line: string): void => void process.stderr.write(`${line}\n`);

let cluster: SharedCluster;
let kubectl: Kubectl;

before(async () => {
  cluster = await shareLabCluster(['app-v1', 'app-v2', 'lab', 'kafka', 'registry', 'valkey'], log);
  kubectl = kubectlOf(dirname(cluster.kubectl), cluster.kubeconfig);
});

after(async () => {
  await kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
  await cluster.leave();
});

/** Applies the overlay with the application at a version, as a user's own kustomization would; the generator may be at another. */
async function applyVersion(version: string, generatorVersion = version): Promise<void> {
  const patch = JSON.stringify([{ op: 'add', path: '/spec/hostnames', value: [host] }]);
  const run = JSON.stringify([{ op: 'replace', path: '/data/skus', value: String(SKUS) }]);
  const env = [
    { name: 'SKUS', value: `0-${SKUS - 1}` },
    { name: 'RATE', value: RATES[generatorVersion] },
  ];
  const image = `docker.io/cutover/app:${generatorVersion}`;
  const generator = JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'generator' },
    spec: { template: { spec: { containers: [{ name: 'generator', image, env }] } } },
  });
  const input = await renderOverlay(kubectl, 'overlays/plain', {
    namespace,
    components: [`versions/${version}`],
    resources: ['base/gateway'],
    patches: [
      { target: { kind: 'HTTPRoute' }, patch },
      { target: { kind: 'ConfigMap', name: 'cutover-lab' }, patch: run },
      { target: { kind: 'Deployment', name: 'generator' }, patch: generator },
    ],
  });
  await kubectl(['apply', '--server-side', '-f', '-'], { input });
}

async function rolledOut(...workloads: string[]): Promise<void> {
  for (const workload of workloads) {
    const wait = ['rollout', 'status', workload, '-n', namespace, '--timeout=180s'];
    await step(log, `${workload} is ready`, () => kubectl(wait));
  }
}

interface Status {
  readonly version: string;
  readonly condition: string;
  readonly records: number;
}

/** What REST answers through the gateway. */
function readRest(path: string): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${cluster.gatewayUrl}${path}`, { headers: { host } }, (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
    });
    asked.setTimeout(10_000, () => asked.destroy(new Error('no answer')));
    asked.once('error', reject);
    asked.end();
  });
}

async function readStatus(): Promise<Status> {
  return JSON.parse((await readRest('/status')).body) as Status;
}

/** Names of pods and how often each was started again. */
async function restarts(): Promise<Readonly<Record<string, number>>> {
  const { items } = JSON.parse(await kubectl(['get', 'pods', '-n', namespace, '-o', 'json'])) as {
    items: {
      metadata: { name: string };
      status: { containerStatuses?: { restartCount: number }[] };
    }[];
  };
  const counts = items.map(
    ({ metadata, status }) =>
      [metadata.name, status.containerStatuses?.[0]?.restartCount ?? 0] as const,
  );
  // The job that makes topics tries until Kafka is there.
  return Object.fromEntries(
    counts.filter(([name, count]) => count > 0 && !name.startsWith('topics')),
  );
}

test('becomes ready from nothing, and records arrive in REST', { timeout: 400_000 }, async () => {
  await applyVersion('v1');
  await rolledOut('statefulset/kafka', 'deployment/registry', 'deployment/back-end');
  await rolledOut('deployment/generator', 'deployment/stats');
  const waiting = { what: 'no record of v1 is in REST', limitMs: 60_000, pollMs: 500 };
  await waitUntil(waiting, async () => {
    const { version, records } = await readStatus();
    return version === 'v1' && records > 0 ? records : undefined;
  });
  assert.deepEqual(await restarts(), {});
});

test('goes to v2 while it is read, and no request fails', { timeout: 400_000 }, async () => {
  const before = (await readStatus()).records;
  const failures: string[] = [];
  let requests = 0;
  const over = new AbortController();
  const reading = (async () => {
    while (!over.signal.aborted) {
      const { status, body } = await readRest('/summary?year=2000&month=1');
      requests++;
      if (status !== 200)
        failures.push(`${new Date().toISOString()} ${status} ${body.slice(0, 300)}`);
      await sleep(50);
    }
  })();
  try {
    // Who reads goes first: a v1 that counts records of v2 leaves out what it does not know.
    await applyVersion('v2', 'v1');
    await rolledOut('deployment/back-end', 'deployment/stats');
    await applyVersion('v2');
    await rolledOut('deployment/generator');
    const waiting = { what: 'v2 does not go on where v1 ended', limitMs: 60_000, pollMs: 500 };
    await waitUntil(waiting, async () => {
      const { version, condition, records } = await readStatus();
      return version === 'v2' && condition === 'live' && records > before ? records : undefined;
    });
  } finally {
    over.abort();
    await reading;
  }
  assert.ok(requests > 100, `${requests} requests are too few to judge`);
  assert.deepEqual(failures, []);
  assert.deepEqual(await restarts(), {});
});

test('is judged by the lab’s own job: nothing lost, doubled or wrong', {
  timeout: 400_000,
}, async () => {
  const waiting = { what: 'the history is not in REST', limitMs: 240_000, pollMs: 1_000 };
  await waitUntil(waiting, async () => {
    const { records } = await readStatus();
    return records === HISTORY_RECORDS ? records : undefined;
  });
  await kubectl(['create', 'job', '-n', namespace, 'verify-1', '--from=cronjob/verify']);
  const logs = ['logs', '-n', namespace, 'job/verify-1'];
  try {
    const wait = ['--for=condition=complete', '--timeout=180s'];
    await kubectl(['wait', '-n', namespace, 'job/verify-1', ...wait]);
  } catch (error) {
    assert.fail(`${String(error)}\n${await kubectl(logs)}`);
  }
  const said = await kubectl(logs);
  assert.match(said, /pass/i);
  assert.match(said, /records of schemas v1 .*, v2 /, 'both versions wrote');
});
