/** Nothing is lost, doubled or wrong whatever is killed, paused or wiped; each case ends with the independent check. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Valkey } from '../../src/app/runtime/valkey.ts';
import { connectValkey } from '../../src/app/runtime/valkey.ts';
import type { Lab } from '../../src/platform/platform.ts';
import {
  ask,
  assertExact,
  assign,
  deployment,
  reach,
  startTestLab,
  until,
  urlOf,
  verified,
} from './lab.ts';

const ALL = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const RATE = '20000';
const PARTITIONS = 6;

let lab: Lab;
let backEndDb: Valkey;
let statsDb: Valkey;

before(async () => {
  lab = await startTestLab();
  const failed = (error: Error) => assert.fail(error);
  backEndDb = connectValkey(lab.addresses.valkey[0], failed);
  statsDb = connectValkey(lab.addresses.valkey[1], failed);
  await Promise.all([
    lab.deploy(deployment('back-end')),
    lab.deploy(deployment('stats')),
    lab.deploy(deployment('generator', { env: { RATE } })),
  ]);
});

after(async () => {
  backEndDb.disconnect();
  statsDb.disconnect();
  await lab.down();
});

/** Lets the generator produce while something happens, then has everything counted and judged. */
async function whileProducing(act: () => Promise<void>): Promise<void> {
  await assign(lab, ALL);
  const before = await countedRecords();
  await until('records to flow', async () => (await countedRecords()) > before + 5_000);
  await act();
  await until('records to flow again', async () => (await countedRecords()) > before + 20_000);
  await assign(lab, []);
  assertExact(await verified(lab), 20_000);
}

const each = (part: string) =>
  Array.from({ length: PARTITIONS }, (_, partition) => `back-end:{${partition}}:${part}`);
const storedNext = async () =>
  (await Promise.all(each('meta').map((key) => backEndDb.hget(key, 'next')))).map(Number);
const incarnations = async () =>
  Promise.all(each('meta').map((key) => backEndDb.hget(key, 'incarnation')));
const countedRecords = async () => (await storedNext()).reduce((sum, next) => sum + next, 0);
const unpublished = async () =>
  (await Promise.all(each('dirty').map((key) => backEndDb.hlen(key)))).reduce((a, b) => a + b, 0);

/** Batches that the state refused of the first instance, because a later owner had the partition. */
async function refusals(): Promise<number> {
  const metrics = (await (await reach(`${await urlOf(lab, 'back-end')}/metrics`))?.text()) ?? '';
  return Number(/cutover_batches_total\{outcome="FENCED".*\} (\d+)/.exec(metrics)?.[1] ?? 0);
}

async function restartsOf(name: string): Promise<number> {
  const all = (await lab.deployments()).flatMap(({ instances }) => instances);
  return all.find((instance) => instance.name === name)?.restarts ?? 0;
}

async function killAndAwaitRestart(name: string): Promise<void> {
  const restarts = await restartsOf(name);
  await lab.kill(name);
  await until(`${name} to be back`, async () => (await restartsOf(name)) > restarts);
}

test('the back end is killed before a batch is applied', async () => {
  await whileProducing(async () => {
    await backEndDb.call('CLIENT', 'PAUSE', '60000', 'WRITE');
    await sleep(600);
    const restarts = await restartsOf('back-end-0');
    await lab.kill('back-end-0');
    await until('its restart', async () => (await restartsOf('back-end-0')) > restarts);
    await backEndDb.call('CLIENT', 'UNPAUSE');
  });
});

test('the back end is killed between applying and publishing', async () => {
  await whileProducing(async () => {
    await until('rows that are applied and not published', async () => (await unpublished()) > 0);
    await lab.kill('back-end-0');
    assert.ok((await unpublished()) > 0, 'the kill came before the rows were published');
  });
});

test('the back end is killed again and again', async () => {
  await whileProducing(async () => {
    for (let times = 0; times < 3; times++) {
      await sleep(200 + Math.random() * 500);
      await killAndAwaitRestart('back-end-0');
    }
  });
});

test('the generator is killed ten times at random', async () => {
  await whileProducing(async () => {
    for (let times = 0; times < 10; times++) {
      await sleep(Math.random() * 700);
      await killAndAwaitRestart('generator-0');
    }
    await until('the generator to produce', async () => {
      return (await reach(`${await urlOf(lab, 'generator')}/readyz`))?.ok;
    });
  });
});

test('the back end’s cache is wiped in the middle: the log is replayed', async () => {
  await whileProducing(async () => {
    const before = await storedNext();
    const lives = await incarnations();
    await backEndDb.flushall();
    await until('state made anew', async () => {
      const now = await incarnations();
      return now.every((incarnation, partition) => incarnation && incarnation !== lives[partition]);
    });
    await until('all to be counted again', async () => {
      const now = await storedNext();
      return now.every((next, partition) => next >= (before[partition] ?? 0));
    });
  });
});

test('the back end’s cache is wiped while nothing is produced: the log is replayed', async () => {
  const before = await storedNext();
  await backEndDb.flushall();
  await until('all to be counted again', async () => {
    const now = await storedNext();
    return now.every((next, partition) => next === before[partition]);
  });
  assertExact(await verified(lab), 20_000);
});

test('the UI’s cache is wiped in the middle: the topic is read again', async () => {
  await whileProducing(async () => {
    await statsDb.flushall();
    await sleep(500);
  });
});

test('a paused owner wakes up after another took over, and is refused', async () => {
  await lab.deploy(deployment('back-end', { replicas: 2 }));
  await whileProducing(async () => {
    await lab.pause('back-end-0');
    const owners = async () => Promise.all(each('meta').map((key) => backEndDb.hget(key, 'owner')));
    await until('one owner of all partitions', async () => new Set(await owners()).size === 1);
    await lab.resume('back-end-0');
    await until('a call of the sleeper to be refused', async () => (await refusals()) > 0);
    await until('both to own partitions again', async () => new Set(await owners()).size === 2);
  });
  await lab.deploy(deployment('back-end', { replicas: 1 }));
});

test('SKUs are handed over from one generator to another', async () => {
  const half = { name: 'generator-b', env: { SKUS: '0', RATE } };
  await assign(lab, []);
  await lab.deploy(deployment('generator', half));
  await assign(lab, [], 'generator-b');
  for (const split of [3, 7, 0, 10]) {
    await assign(lab, ALL.slice(0, split));
    await assign(lab, ALL.slice(split), 'generator-b');
    await sleep(400);
    await assign(lab, [], split === 10 ? 'generator-b' : 'generator');
    await assign(lab, [], split === 10 ? 'generator' : 'generator-b');
  }
  await lab.remove('generator-b');
  assertExact(await verified(lab), 20_000);
});

test('what REST shows is what was counted', async () => {
  type Shown = { data: { manufacturing: { totals: { manufactured_qty: number } }[] }[] };
  const shown = await ask<Shown>(`${await urlOf(lab, 'stats')}/summary`);
  const sum = shown.data
    .flatMap(({ manufacturing }) => manufacturing)
    .reduce((total, { totals }) => total + totals.manufactured_qty, 0);
  assert.equal(sum, (await verified(lab)).totals.manufactured_qty);
});
