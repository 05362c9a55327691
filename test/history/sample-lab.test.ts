/** Tests what a sampler makes of programs that come, go, restart, hand over and fall silent. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { createSampler } from '../../src/history/sample-lab.ts';
import type { Deployment } from '../../src/platform/platform.ts';
import { until } from '../integration/lab.ts';
import { setBackEnd, setGenerator, startFakeProgram } from './fake-programs.ts';

/** A sampler over a list that the test changes, with a clock of its own. */
function over(list: Deployment[], options: Partial<Parameters<typeof createSampler>[0]> = {}) {
  const clock = { ms: 0 };
  const deployments = async () => list;
  const sampler = createSampler({ deployments, nowMs: () => clock.ms, waitMs: 1_000, ...options });
  return { clock, sampler };
}

suite('partitions', () => {
  test('each has its owner, its version and how far it is', async () => {
    await using old = await startFakeProgram();
    await using young = await startFakeProgram();
    setBackEnd(old, 3, [[0, 10, 12]], { offsets: 10 });
    setBackEnd(young, 3, [[1, 5, 5]], { offsets: 2, undecodable: 1 });
    const list = [old.deployed({}), young.deployed({ name: 'back-end-v2', version: 'v2' })];
    const sample = await over(list).sampler.sample();
    assert.deepEqual(sample.partitions, [
      { partition: 0, owner: 'back-end-0', version: 'v1', next: 10, logEnd: 12, halted: null },
      { partition: 1, owner: 'back-end-v2-0', version: 'v2', next: 5, logEnd: 5, halted: null },
    ]);
    assert.deepEqual(sample.counted, { v1: 10, v2: 2 });
    assert.equal(sample.undecodable, 1);
    assert.equal(sample.lagRecords, 2);
  });

  test('of two that claim one, the later generation owns it; alone it has none but stays known', async () => {
    await using old = await startFakeProgram();
    await using young = await startFakeProgram();
    setBackEnd(old, 3, [[0, 10, 12]]);
    setBackEnd(young, 4, [[0, 0, 0]]);
    const list = [young.deployed({ name: 'back-end-v2', version: 'v2' }), old.deployed({})];
    const { sampler } = over(list);
    const [both] = (await sampler.sample()).partitions;
    assert.deepEqual([both?.owner, both?.next, both?.logEnd], ['back-end-v2-0', 0, 0]);
    list.shift();
    assert.equal((await sampler.sample()).partitions[0]?.next, 10);
    list.shift();
    const [none] = (await sampler.sample()).partitions;
    assert.deepEqual([none?.owner, none?.version, none?.next], [null, null, 10]);
  });

  test('are those of the group that readers see, and a promotion changes that', async () => {
    await using blue = await startFakeProgram();
    await using green = await startFakeProgram();
    setBackEnd(blue, 1, [[0, 100, 100]], { offsets: 100 });
    setBackEnd(green, 1, [[0, 40, 100]], { offsets: 40 });
    const env = { GROUP: 'green' };
    const list = [blue.deployed({}), green.deployed({ name: 'back-end-v2', version: 'v2', env })];
    let group = 'back-end';
    const { sampler } = over(list, { live: () => ({ group }) });
    const before = await sampler.sample();
    assert.deepEqual([before.lagRecords, before.partitions[0]?.version], [0, 'v1']);
    assert.deepEqual(before.counted, { v1: 100, v2: 40 });
    group = 'green';
    const after = await sampler.sample();
    assert.deepEqual([after.lagRecords, after.partitions[0]?.version], [60, 'v2']);
  });

  test('of another input topic belong to another application', async () => {
    await using mine = await startFakeProgram();
    await using other = await startFakeProgram();
    setBackEnd(mine, 1, [[0, 1, 1]]);
    setBackEnd(other, 9, [[0, 7, 7]]);
    const env = { RAW_TOPIC: 'cell-7', SUMMARY_TOPIC: 'out-7' };
    const stats = (summary: string) =>
      mine.deployed({ name: `stats-${summary}`, role: 'stats', env: { SUMMARY_TOPIC: summary } });
    const all = [other.deployed({ name: 'other' }), mine.deployed({ name: 'mine', env })];
    const list = [...all, stats('out-7'), stats('out-8')];
    const { sampler } = over(list, { live: () => ({ rawTopic: 'cell-7' }) });
    const { deployments, partitions } = await sampler.sample();
    assert.deepEqual(
      deployments.map(({ name }) => name),
      ['mine', 'stats-out-7'],
    );
    assert.equal(partitions[0]?.owner, 'mine-0');
  });
});

suite('counters only grow', () => {
  test('when an instance starts again, and when it is gone', async () => {
    await using program = await startFakeProgram();
    const list = [program.deployed({}, 'first')];
    const { sampler } = over(list);
    setBackEnd(program, 1, [[0, 50, 50]], { offsets: 50, undecodable: 2 });
    await sampler.sample();
    setBackEnd(program, 2, [[0, 60, 60]], { offsets: 10 });
    // Before the platform has noticed that it is another process.
    assert.deepEqual((await sampler.sample()).counted, { v1: 50 });
    list[0] = program.deployed({}, 'second');
    const again = await sampler.sample();
    assert.deepEqual([again.counted, again.undecodable], [{ v1: 60 }, 2]);
    list.pop();
    assert.deepEqual((await sampler.sample()).counted, { v1: 60 });
  });

  test('an instance whose address becomes known only later is asked there', async () => {
    await using program = await startFakeProgram();
    setBackEnd(program, 1, [[0, 7, 7]], { offsets: 7 });
    const known = program.deployed({});
    const unknown = known.instances.map((instance) => ({ ...instance, url: '' }));
    const list: Deployment[] = [{ ...known, instances: unknown }];
    const { sampler } = over(list);
    assert.deepEqual((await sampler.sample()).counted, { v1: 0 });
    list[0] = known;
    const later = await sampler.sample();
    assert.deepEqual([later.counted, later.partitions.length], [{ v1: 7 }, 1]);
  });

  test('a version that tells nothing yet is there, at 0', async () => {
    await using program = await startFakeProgram();
    const sample = await over([program.deployed({ version: 'v2' })]).sampler.sample();
    assert.deepEqual([sample.counted, sample.partitions], [{ v2: 0 }, []]);
  });
});

suite('lag', () => {
  test('in seconds is the age of the oldest record that is not counted', async () => {
    await using program = await startFakeProgram();
    const { clock, sampler } = over([program.deployed({})]);
    const look = async (ms: number, next: number, end: number) => {
      clock.ms = ms;
      setBackEnd(program, 1, [[0, next, end]]);
      return (await sampler.sample()).lagSeconds;
    };
    assert.equal(await look(0, 100, 100), 0);
    assert.equal(await look(1_000, 100, 150), 0);
    assert.equal(await look(2_000, 100, 200), 1);
    assert.equal(await look(3_000, 120, 250), 2, 'record 120 was seen at 1 s');
    assert.equal(await look(4_000, 160, 250), 2, 'record 160 was seen at 2 s');
    assert.equal(await look(5_000, 250, 250), 0);
  });

  test('grows while nobody owns the partitions, since the generators know what is in the log', async () => {
    await using backEnd = await startFakeProgram();
    await using generator = await startFakeProgram();
    setBackEnd(backEnd, 1, [[0, 20, 20]]);
    setGenerator(generator, { 0: 9, 1: 9 }, 20);
    const list = [
      backEnd.deployed({}),
      generator.deployed({ name: 'generator', role: 'generator' }),
    ];
    const { clock, sampler } = over(list);
    assert.deepEqual(lagOf(await sampler.sample()), [0, 0]);
    list.shift();
    setGenerator(generator, { 0: 19, 1: 9 }, 30);
    clock.ms = 1_000;
    assert.deepEqual(lagOf(await sampler.sample()), [10, 0]);
    clock.ms = 3_500;
    assert.deepEqual(lagOf(await sampler.sample()), [10, 2.5]);
  });
});

const lagOf = ({ lagRecords, lagSeconds }: { lagRecords: number; lagSeconds: number }) => [
  lagRecords,
  lagSeconds,
];

suite('shares asked for', () => {
  test('are of SKUs for generators, of weights for readers, none for a Back End', async () => {
    await using first = await startFakeProgram();
    await using second = await startFakeProgram();
    setGenerator(first, { 0: 5, 1: 5, 2: 5 }, 18);
    setGenerator(second, { 3: 1 }, 2);
    const list = [
      first.deployed({ name: 'generator', role: 'generator' }),
      second.deployed({ name: 'generator-v2', role: 'generator', version: 'v2' }),
      first.deployed({ name: 'stats', role: 'stats' }),
      second.deployed({ name: 'stats-v2', role: 'stats', version: 'v2' }),
      first.deployed({}),
    ];
    const { sampler } = over(list, { weights: () => ({ stats: 9, 'stats-v2': 1 }) });
    const { deployments, produced } = await sampler.sample();
    assert.deepEqual(
      deployments.map(({ share }) => share),
      [75, 25, 90, 10, null],
    );
    assert.deepEqual(produced, { v1: 18, v2: 2 });
  });
});

suite('a silent instance', () => {
  test('stalls no sample, and what it said last is still known', async () => {
    await using program = await startFakeProgram();
    await using lively = await startFakeProgram();
    setBackEnd(program, 1, [[0, 50, 50]], { offsets: 50 });
    setBackEnd(lively, 1, [[1, 1, 1]], { offsets: 1 });
    const list = [program.deployed({}), lively.deployed({ name: 'back-end-v2', version: 'v2' })];
    const { sampler } = over(list, { waitMs: 100 });
    await sampler.sample();
    program.silent = true;
    setBackEnd(lively, 1, [[1, 9, 9]], { offsets: 9 });
    const startMs = performance.now();
    for (let look = 0; look < 5; look++) await sampler.sample();
    const tookMs = performance.now() - startMs;
    assert.ok(tookMs < 400, `five looks took ${tookMs} ms: only the first may wait`);
    const sample = await until('the lively one to be heard', async () => {
      const look = await sampler.sample();
      return look.counted.v2 === 9 && look;
    });
    assert.equal(sample.counted.v1, 50);
    assert.equal(sample.partitions[0]?.owner, 'back-end-0');
  });

  test('a platform that lists nothing at all is an error', async () => {
    const deployments = () => Promise.reject(new Error('no cluster'));
    await assert.rejects(createSampler({ deployments }).sample(), /no cluster/);
  });
});
