/** Deployments: scaled, replaced, restarted and given up on as Kubernetes does it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Deployments } from '../../../src/platform/local/deployments.ts';
import { explainEnd, instanceLaunch } from '../../../src/platform/local/instance.ts';
import { SupervisedProcess } from '../../../src/platform/local/process/supervised.ts';
import type { DeploymentSpec, Instance } from '../../../src/platform/platform.ts';
import { temporaryFolder } from './temporary-folder.ts';

const fakeProgram = fileURLToPath(new URL('./fake-program.ts', import.meta.url));
const run = { runId: 'r', seed: 1, skus: 10, order: 'chronological' } as const;
const addresses = { bootstrap: 'k:1', registry: 'http://r:1', valkey: ['v:1', 'v:2'] } as const;
const backEnd: DeploymentSpec = {
  name: 'back-end',
  role: 'back-end',
  version: 'v1',
  replicas: 1,
  env: {},
};

function start(t: TestContext, retired = async (_process: SupervisedProcess) => undefined) {
  const folder = temporaryFolder(t);
  const events: string[] = [];
  const deployments = new Deployments(
    (name, spec) => {
      const logFile = join(folder, `${name}.log`);
      const settings = { name, spec, addresses, run, programs: () => fakeProgram, logFile };
      return new SupervisedProcess({
        name,
        logFile,
        readyLimitMs: spec.env.FAKE === 'never-ready' ? 2_500 : 20_000,
        graceMs: 5_000,
        firstPauseMs: 10,
        launch: () => Promise.resolve(instanceLaunch(settings, 0)),
        explain: explainEnd,
        emit: (kind, subject, detail) => events.push(`${subject} ${kind} ${detail}`),
        born: () => undefined,
        gone: () => undefined,
        isStopping: () => false,
      });
    },
    { changed: () => undefined, retired },
  );
  t.after(() => deployments.end());
  const until = async (wanted: (instance: Instance | undefined) => boolean): Promise<Instance> => {
    for (;;) {
      const instance = deployments.list()[0]?.instances[0];
      if (instance && wanted(instance)) return instance;
      await delay(20);
    }
  };
  const untilEvent = async (pattern: RegExp): Promise<void> => {
    while (!events.some((event) => pattern.test(event))) await delay(20);
  };
  return { deployments, events, until, untilEvent };
}

const environmentOf = async (instance: Instance | undefined): Promise<Record<string, string>> =>
  (await (await fetch(`${instance?.url}/env`)).json()) as Record<string, string>;

test('what is being started ends at once when nobody wants it any more', async (t) => {
  const { deployments, untilEvent } = start(t);
  const giveUp = new AbortController();
  const spec = { ...backEnd, replicas: 2, env: { FAKE: 'never-ready' } };
  const deploying = deployments.deploy(spec, giveUp.signal);
  await untilEvent(/back-end-1 started/);
  const startedMs = performance.now();
  giveUp.abort(new Error('nobody wants it'));
  await assert.rejects(deploying, /^Error: nobody wants it$/);
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs < 2_000, `it took ${tookMs} ms`);
  assert.deepEqual(deployments.list(), []);
  await assert.rejects(deployments.deploy(backEnd, giveUp.signal), /nobody wants it/);
  assert.deepEqual(deployments.list(), []);
});

test('instances that run stay when a change of their deployment is given up', async (t) => {
  const { deployments, untilEvent } = start(t);
  const { instances } = await deployments.deploy(backEnd);
  const giveUp = new AbortController();
  const change = deployments.deploy({ ...backEnd, replicas: 2 }, giveUp.signal);
  await untilEvent(/back-end-1 started/);
  giveUp.abort(new Error('nobody wants it'));
  await assert.rejects(change, /nobody wants it/);
  const again = await deployments.deploy(backEnd);
  assert.deepEqual(again.instances, instances);
});

test('an instance gets the addresses, its settings and little else', async (t) => {
  const { deployments } = start(t);
  const deployed = await deployments.deploy({ ...backEnd, env: { EPOCH: '3', SEED: '7' } });
  const { PATH, HOME, NODE_COMPILE_CACHE, ...environment } = await environmentOf(
    deployed.instances[0],
  );
  assert.ok(PATH && HOME);
  assert.match(NODE_COMPILE_CACHE ?? '', /node_modules.\.cache.compile$/);
  assert.deepEqual(environment, {
    APP_VERSION: 'v1',
    EPOCH: '3',
    HOST: '127.0.0.1',
    INSTANCE: 'back-end-0',
    KAFKA_BOOTSTRAP: 'k:1',
    PORT: '0',
    REGISTRY_URL: 'http://r:1',
    RUN_ID: 'r',
    SEED: '7',
    VALKEY: 'v:1',
  });
});

test('each role gets its own state DB, the generator its SKUs', async (t) => {
  const { deployments } = start(t);
  const stats = await deployments.deploy({ ...backEnd, name: 'stats', role: 'stats' });
  assert.equal((await environmentOf(stats.instances[0])).VALKEY, 'v:2');
  const generator = await deployments.deploy({ ...backEnd, name: 'generator', role: 'generator' });
  const { SKUS, ORDER, VALKEY } = await environmentOf(generator.instances[0]);
  assert.deepEqual(
    { SKUS, ORDER, VALKEY },
    { SKUS: '0-9', ORDER: 'chronological', VALKEY: undefined },
  );
});

test('scaling up and down leaves the other instances alone', async (t) => {
  const { deployments } = start(t);
  const [first] = (await deployments.deploy(backEnd)).instances;
  const two = await deployments.deploy({ ...backEnd, replicas: 2 });
  assert.deepEqual(
    two.instances.map(({ name }) => name),
    ['back-end-0', 'back-end-1'],
  );
  const one = await deployments.deploy(backEnd);
  assert.deepEqual(one.instances, [first]);
});

test('a back end is stopped before its successor starts, a UI after its successor is ready', async (t) => {
  const { deployments, events } = start(t);
  for (const role of ['back-end', 'stats'] as const) {
    const spec = { ...backEnd, name: role, role };
    const [old] = (await deployments.deploy(spec)).instances;
    events.length = 0;
    const replacing = deployments.deploy({ ...spec, version: 'v2' });
    while (!events.some((event) => event.includes('started'))) await delay(5);
    const answers = await fetch(`${old?.url}/version`).then(
      () => true,
      () => false,
    );
    assert.equal(answers, role === 'stats', role);
    const [replaced] = (await replacing).instances;
    assert.notEqual(replaced?.id, old?.id);
    assert.equal((await environmentOf(replaced)).APP_VERSION, 'v2');
  }
});

test('readers are sent elsewhere, and those who are with a UI are waited for, before it ends', async (t) => {
  const retired: string[] = [];
  const { deployments } = start(t, async (process) => {
    const served = deployments.serving('stats').map(({ url }) => url);
    assert.equal(served.includes(process.address), false);
    await delay(100);
    const answer = await fetch(`${process.address}/version`);
    retired.push(`${process.name} ${await answer.text()}`);
    return undefined;
  });
  const stats: DeploymentSpec = { ...backEnd, name: 'stats', role: 'stats' };
  const [first] = (await deployments.deploy({ ...stats, replicas: 2 })).instances;
  assert.deepEqual(deployments.serving('stats')[0], { deployment: 'stats', url: first?.url });
  await deployments.deploy({ ...stats, version: 'v2', replicas: 1 });
  assert.deepEqual(retired, ['stats-1 v1', 'stats-0 v1']);
  assert.equal(deployments.serving('stats').length, 1);
  await deployments.remove('stats');
  assert.equal(retired.at(-1), 'stats-0 v2');
  assert.deepEqual(deployments.serving('stats'), []);
});

test('a UI serves from when it is ready, and is listed until its successor is', async (t) => {
  const { deployments, events } = start(t);
  const stats: DeploymentSpec = { ...backEnd, name: 'stats', role: 'stats' };
  const deploying = deployments.deploy(stats);
  while (!events.some((event) => event.includes('started'))) await delay(5);
  assert.deepEqual(deployments.serving('stats'), []);
  const { instances } = await deploying;
  events.length = 0;
  const replacing = deployments.deploy({ ...stats, version: 'v2' });
  while (!events.some((event) => event.includes('started'))) await delay(5);
  assert.deepEqual(deployments.list()[0]?.instances, instances);
  assert.equal(deployments.serving('stats')[0]?.url, instances[0]?.url);
  await replacing;
});

test('all ends also while a successor is just being started', async (t) => {
  const { deployments, events } = start(t);
  const stats: DeploymentSpec = { ...backEnd, name: 'stats', role: 'stats' };
  await deployments.deploy(stats);
  events.length = 0;
  const replacing = assert.rejects(deployments.deploy({ ...stats, env: { FAKE: 'never-ready' } }));
  while (!events.some((event) => event.includes('started'))) await delay(5);
  const pid = Number(/process (\d+)/.exec(events.join())?.[1]);
  await deployments.end();
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  await replacing;
});

test('a killed instance is started again and its restart is counted', async (t) => {
  const { deployments, until } = start(t);
  const [old] = (await deployments.deploy(backEnd)).instances;
  deployments.find('back-end-0')?.signal('SIGKILL');
  const restarted = await until((instance) => instance?.restarts === 1 && instance.ready);
  assert.notEqual(restarted.id, old?.id);
});

test('an instance that keeps ending is given up on after five quick ends', async (t) => {
  const { deployments, events, untilEvent } = start(t);
  await deployments.deploy({ ...backEnd, env: { FAKE_END_AFTER_MS: '400' } });
  await untilEvent(/gave-up/);
  assert.equal(events.filter((event) => event.includes(' ended ')).length, 5);
  assert.equal(events.filter((event) => event.includes(' restarting ')).length, 4);
});

test('the next deploy starts what was given up on', async (t) => {
  const { deployments, untilEvent } = start(t);
  await deployments.deploy({ ...backEnd, env: { FAKE_END_AFTER_MS: '400' } });
  await untilEvent(/gave-up/);
  const mended = await deployments.deploy(backEnd);
  assert.equal(mended.instances[0]?.ready, true);
});

test('a deploy is rejected with the fatal line of an instance, and leaves nothing', async (t) => {
  const { deployments } = start(t);
  await assert.rejects(deployments.deploy({ ...backEnd, env: { FAKE: 'fatal' } }), {
    name: 'ProcessError',
    exitCode: 1,
    message: 'back-end-0 ended before it was ready (exit code 1): the subject is not compatible',
  });
  assert.deepEqual(deployments.list(), []);
});

test('every configuration problem of an instance is told', async (t) => {
  const { deployments } = start(t);
  await assert.rejects(deployments.deploy({ ...backEnd, env: { FAKE: 'bad-configuration' } }), {
    exitCode: 64,
    message: /exit code 64\): RATE: must be a number; SKUS: must be a list$/,
  });
});

test('an instance that listens but never gets ready is ended and told', async (t) => {
  const { deployments } = start(t);
  await assert.rejects(deployments.deploy({ ...backEnd, env: { FAKE: 'never-ready' } }), {
    code: 'NOT_READY',
    message: /^back-end-0 was not ready after 2.5 s: \/readyz answers 503: state$/,
  });
  assert.deepEqual(deployments.list(), []);
});

test('a failed replacement of a UI leaves the old one serving', async (t) => {
  const { deployments } = start(t);
  const stats: DeploymentSpec = { ...backEnd, name: 'stats', role: 'stats' };
  const before = await deployments.deploy(stats);
  await assert.rejects(deployments.deploy({ ...stats, version: 'v2', env: { FAKE: 'fatal' } }));
  assert.deepEqual(deployments.list()[0]?.instances, before.instances);
});
