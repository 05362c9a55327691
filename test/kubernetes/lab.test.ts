/** The lab's main run on a real cluster: three versions after each other, then fault after fault under load, and nothing is lost, doubled or wrong; its readers come in by the Gateway. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import test, { after, before } from 'node:test';
import { createKubernetesPlatform } from '../../src/platform/kubernetes/index.ts';
import type { Lab, LabSpec } from '../../src/platform/platform.ts';
import type { Kubectl } from '../cluster/kubernetes/kubectl.ts';
import { kubectlOf } from '../cluster/kubernetes/kubectl.ts';
import type { SharedCluster } from '../cluster/shared-cluster.ts';
import { useCluster } from '../cluster/shared-cluster.ts';
import { step } from '../cluster/steps.ts';
import { describeReaders } from '../contract/readers.contract.ts';
import { assertExact, assign, deployment, until, verified } from '../integration/lab.ts';
import { shareLabCluster } from './lab-cluster.ts';
import type { Reader } from './rest-reader.ts';
import { startReader } from './rest-reader.ts';
import { versionAt } from './version-at.ts';

/** So many that their history does not end before the test does. */
const SKUS = 20;
/** Records per second while a version counts its share. */
const RATE = 40_000;
/** Records per second while something is away: what comes back needs a part of the machine for itself. */
const RATE_OF_FAULTS = 4_000;
const RECORDS_EACH = 200_000;
/** So many records arrive before a fault and after it. */
const RECORDS_BETWEEN = 10_000;
const LIMIT_MS = 180_000;
/** Pods are asked about no more often: each time takes the API server several answers. */
const PAUSE_MS = 500;
const TEST_MS = 600_000;

const spec: LabSpec = {
  name: 'main',
  brokers: 3,
  partitions: 6,
  external: {},
  run: { runId: 'main', seed: 1, skus: SKUS, order: 'shuffled' },
};
const images = ['app-v1', 'app-v2', 'app-v3', 'kafka', 'registry', 'valkey'];
const log = (line: string): void => void process.stderr.write(`${line}\n`);

let cluster: SharedCluster;
let kubectl: Kubectl;
let lab: Lab;
let reader: Reader;

before(async () => {
  cluster = await shareLabCluster(images, log);
  useCluster(cluster);
  kubectl = kubectlOf(dirname(cluster.kubectl), cluster.kubeconfig);
  const { context, gatewayUrl } = cluster;
  const platform = createKubernetesPlatform({ context, gateway: gatewayUrl });
  lab = await step(log, 'the components of a lab with 3 brokers are ready', () =>
    platform.up(spec, () => undefined),
  );
});

after(async () => {
  reader?.stop();
  await lab?.down();
  await cluster.leave();
});

/** All three programs at a version, consumers first; two of each that readers or the group can share. */
async function deployAll(version: string): Promise<void> {
  await Promise.all([
    lab.deploy(deployment('stats', { version, replicas: 2 })),
    lab.deploy(deployment('back-end', { version, replicas: 2, env: { READY_LAG: 'any' } })),
  ]);
  await deployGenerator(version, RATE);
}

async function deployGenerator(version: string, rate: number): Promise<void> {
  const env = { SKUS: `0-${SKUS - 1}`, ORDER: 'shuffled', RATE: String(rate) };
  await lab.deploy(deployment('generator', { version, env }));
}

/** Records in REST, as any reader sees them; undefined while it does not answer. */
async function recordsInRest(): Promise<number | undefined> {
  const answer = await fetch(`${lab.addresses.rest}/status`, {
    signal: AbortSignal.timeout(5_000),
  }).catch(() => undefined);
  return answer?.ok ? ((await answer.json()) as { records: number }).records : undefined;
}

async function moreRecords(count: number): Promise<void> {
  const start = await until('REST to answer', recordsInRest, LIMIT_MS, PAUSE_MS);
  const enough = async () => ((await recordsInRest()) ?? 0) >= start + count;
  await until(`${count} more records`, enough, LIMIT_MS, PAUSE_MS);
}

/** Stops producing, waits until all is counted and shown, and judges. */
async function assertNothingWrong(atLeast: number): Promise<void> {
  await assign(lab, []);
  const verdict = await step(log, 'verified', () => verified(lab));
  assertExact(verdict, atLeast);
  log(`  ${verdict.records} records, ${verdict.lost} lost, ${verdict.duplicated} duplicated`);
}

for (const [at, version] of ['v1', 'v2', 'v3'].entries()) {
  test(`${version} counts ${RECORDS_EACH} records, and every total is equal`, {
    timeout: TEST_MS,
  }, async () => {
    await step(log, `${version} is deployed`, () => deployAll(version));
    reader ??= startReader(`${lab.addresses.rest}/summary?year=2000&month=1`);
    await step(log, `${RECORDS_EACH} records`, () => moreRecords(RECORDS_EACH));
    await assertNothingWrong((at + 1) * RECORDS_EACH);
    log(`  readers: ${reader.report()}`);
  });
}

const all = Array.from({ length: SKUS }, (_, sku) => sku);

test('the generator goes on at the rate of the faults', { timeout: TEST_MS }, () =>
  deployGenerator('v3', RATE_OF_FAULTS),
);

for (const name of ['kafka-1', 'back-end-0', 'valkey-back-end', 'valkey-stats', 'registry']) {
  test(`${name} is deleted under load`, { timeout: TEST_MS }, async () => {
    await assign(lab, all);
    await moreRecords(RECORDS_BETWEEN);
    const ids = await identities();
    const from = reader.mark();
    await deletePod(name);
    await until(
      `another ${name} to be ready`,
      async () => {
        const id = (await identities()).get(name);
        return id !== undefined && id !== ids.get(name);
      },
      LIMIT_MS,
      PAUSE_MS,
    );
    await moreRecords(RECORDS_BETWEEN);
    log(`  readers while ${name} was away: ${reader.report(from)}`);
  });
}

test('everything is restarted in turn under load', { timeout: TEST_MS }, async () => {
  await assign(lab, all);
  const from = reader.mark();
  const namespace = 'cutover-main';
  const workloads = (
    await kubectl(['get', 'deployments,statefulsets', '-n', namespace, '-o', 'name'])
  )
    .trim()
    .split('\n');
  await kubectl(['rollout', 'restart', '-n', namespace, ...workloads]);
  for (const workload of workloads) {
    const wait = ['rollout', 'status', workload, '-n', namespace, '--timeout=300s'];
    await step(log, `${workload} is restarted`, () => kubectl(wait));
  }
  await moreRecords(RECORDS_BETWEEN);
  log(`  readers meanwhile: ${reader.report(from)}`);
});

test('after all of that nothing is lost, doubled or wrong', { timeout: TEST_MS }, async () => {
  await assertNothingWrong(3 * RECORDS_EACH + 11 * RECORDS_BETWEEN);
  log(`  readers in all: ${reader.report()}`);
  reader.stop();
});

describeReaders({
  lab: () => lab,
  versionAt,
  limitMs: 90_000,
  pauseMs: 400,
});

/** Who is behind each name now, of those that are ready. */
async function identities(): Promise<ReadonlyMap<string, string>> {
  const [components, deployments] = await Promise.all([lab.components(), lab.deployments()]);
  const instances = deployments.flatMap((each) => each.instances);
  return new Map(
    [...components, ...instances].filter(({ ready }) => ready).map(({ name, id }) => [name, id]),
  );
}

/** Deletes the pod behind a name at once, as a node that fails does. */
async function deletePod(name: string): Promise<void> {
  if (!name.startsWith('back-end')) return lab.kill(name);
  const pod = (await identities()).get(name)?.split('#')[0];
  assert.ok(pod, `${name} is not ready`);
  await kubectl(['delete', 'pod', pod, '-n', 'cutover-main', '--grace-period=0', '--force']);
}
