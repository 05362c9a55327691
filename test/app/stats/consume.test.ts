/** Reading the summary topic survives what may happen to Kafka and to the state, and never leaves an offset out. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { createDecoder } from '../../../src/app/runtime/avro.ts';
import type { Follower, LogReader } from '../../../src/app/runtime/log-reader.ts';
import type { Slice } from '../../../src/app/runtime/log-slice.ts';
import { consumeSummaries } from '../../../src/app/stats/consume.ts';
import { Progress } from '../../../src/app/stats/progress.ts';
import type { ApplyOutcome, PartitionRows } from '../../../src/app/stats/state/summary-store.ts';
import type { SummaryRow } from '../../../src/app/version.ts';
import { loadVersion } from '../../../src/app/versions/load.ts';

/** A topic of one partition and a state, both of which a test moves at will. */
class World {
  start = 0;
  end = 0;
  next: number | undefined = undefined;
  outcome: ApplyOutcome = 'applied';
  /** Records that another instance has read and stored by the time this one looks into the state. */
  meanwhile = 0;
  readonly begins: string[] = [];
  readonly applied: { readonly part: PartitionRows; readonly complete: boolean }[] = [];
  follower: Follower | undefined;
  away: Error | undefined;

  openReader = (): LogReader => ({
    topicId: async () => this.#answer('topic'),
    partitionCount: async () => 1,
    offsets: async (which) => this.#answer([which === 'start' ? this.start : this.end]),
    follow: (follower) => {
      this.follower = follower;
      return { stop: async () => undefined };
    },
    read: async () => assert.fail('this reader is only followed'),
    close: async () => undefined,
  });

  #answer<Value>(value: Value): Value {
    if (this.away) throw this.away;
    return value;
  }

  store = {
    begin: async (_topicId: string, how: string) => {
      this.begins.push(how);
      this.end += this.meanwhile;
      if (this.next !== undefined) this.next += this.meanwhile;
      if (how === 'rewind') this.next = undefined;
      const next = new Map(this.next === undefined ? [] : [[0, this.next] as const]);
      return { incarnation: 'one', next };
    },
    apply: async (_incarnation: string, [part]: readonly PartitionRows[], complete: boolean) => {
      assert.ok(part);
      const { outcome } = this;
      this.outcome = 'applied';
      if (outcome !== 'applied') return outcome;
      this.applied.push({ part, complete });
      if (part.to > 0) this.next = part.to;
      return outcome;
    },
  };

  /** Offset that is asked for next, as soon as one is. */
  async wanted(): Promise<number> {
    for (;;) {
      const offset = this.follower?.wanted().get(0);
      if (offset !== undefined) return offset;
      await sleep(5);
    }
  }

  /** Hands over a slice without records. */
  async deliver(from: number, next: number): Promise<void> {
    await this.wanted();
    const slice: Slice = { partition: 0, from, next, logEnd: this.end, batches: [] };
    if (this.follower?.accept(slice)) await this.follower.handle(slice);
  }

  /** Hands over a slice that the state refuses; resolves when reading has begun anew. */
  async refused(from: number, next: number): Promise<void> {
    const broken = this.follower;
    const refusal = await this.deliver(from, next).catch((error: unknown) => error);
    assert.ok(refusal instanceof Error);
    broken?.failed(refusal);
    while (this.follower === broken) await sleep(5);
  }

  /** Breaks the reading off; resolves when it has begun anew. */
  async breakOff(error: Error): Promise<void> {
    const broken = this.follower;
    broken?.failed(error);
    while (this.follower === broken) await sleep(5);
  }
}

const { summarySchema } = await loadVersion('v1');
const registry = { register: async () => 1, schemaById: async () => undefined };

async function reading(world: World, act: (progress: Progress) => Promise<void>): Promise<void> {
  const progress = new Progress();
  const consuming = consumeSummaries({
    openReader: world.openReader,
    store: world.store,
    decoder: createDecoder<SummaryRow>(summarySchema, registry),
    progress,
    log: pino({ level: 'silent' }),
  });
  try {
    await act(progress);
  } finally {
    await consuming.stop();
  }
}

const covered = ({ applied }: World) =>
  applied.map(({ part }) => [part.from, part.to]).filter(([from, to]) => from !== to);

test('a state that another instance just brought further than the topic was is not read anew', async () => {
  const world = new World();
  Object.assign(world, { end: 10, next: 10, meanwhile: 5 });
  await reading(world, async () => {
    assert.equal(await world.wanted(), 15);
  });
  assert.deepEqual(world.begins, ['resume']);
});

test('reading starts at the offset in the state, and is ready once at the end of then', async () => {
  const world = new World();
  Object.assign(world, { end: 10, next: 4 });
  await reading(world, async (progress) => {
    assert.equal(await world.wanted(), 4);
    await world.deliver(4, 7);
    assert.deepEqual([progress.ready, progress.lagRecords], [false, 3]);
    await world.deliver(7, 10);
    assert.deepEqual([progress.ready, progress.lagRecords], [true, 0]);
  });
  assert.deepEqual(covered(world), [
    [4, 7],
    [7, 10],
  ]);
  assert.deepEqual(
    world.applied.filter(({ part }) => part.from !== part.to).map(({ complete }) => complete),
    [false, true],
  );
});

test('an empty topic is complete at once', async () => {
  const world = new World();
  await reading(world, async (progress) => {
    while (!progress.ready) await sleep(5);
  });
  assert.equal(world.applied[0]?.complete, true);
});

test('where the log starts later, what is gone counts as covered', async () => {
  const world = new World();
  Object.assign(world, { start: 5, end: 9 });
  await reading(world, async () => {
    assert.equal(await world.wanted(), 5);
    await world.deliver(5, 9);
  });
  assert.deepEqual(covered(world), [[0, 9]]);
});

test('a log that ends before the offset in the state is read from its start', async () => {
  const world = new World();
  Object.assign(world, { end: 3, next: 8 });
  await reading(world, async () => {
    assert.equal(await world.wanted(), 0);
  });
  assert.deepEqual(world.begins, ['resume', 'rewind']);
});

test('after a failure reading goes on from the state, and says meanwhile what is wrong', async () => {
  const world = new World();
  world.end = 10;
  await reading(world, async (progress) => {
    await world.deliver(0, 6);
    world.away = new Error('no broker answers');
    const broken = world.breakOff(new Error('the connection broke'));
    while (progress.problem !== 'no broker answers') await sleep(5);
    world.away = undefined;
    await broken;
    assert.equal(await world.wanted(), 6);
    await world.deliver(6, 10);
    while (progress.problem !== null) await sleep(5);
  });
  assert.deepEqual(covered(world), [
    [0, 6],
    [6, 10],
  ]);
});

for (const outcome of ['lost', 'went-back'] as const) {
  test(`a batch that the state refuses (${outcome}) is read again from what the state has`, async () => {
    const world = new World();
    world.end = 10;
    await reading(world, async () => {
      await world.deliver(0, 6);
      Object.assign(world, { outcome, next: 2 });
      await world.refused(6, 8);
      assert.equal(await world.wanted(), 2);
      assert.deepEqual(world.begins, ['resume', outcome === 'lost' ? 'resume' : 'anew']);
    });
  });
}

test('a slice that does not start where reading stands is dropped', async () => {
  const world = new World();
  world.end = 10;
  await reading(world, async () => {
    await world.deliver(3, 6);
    await world.deliver(0, 2);
  });
  assert.deepEqual(covered(world), [[0, 2]]);
});
