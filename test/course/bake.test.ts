/** Tests when a step is over: enough is counted, nothing of it is left lying, and the analysis has said so. */
import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Analysis } from '../../src/analysis/analysis.ts';
import type { Baked } from '../../src/course/bake.ts';
import { bake, GateFailedError } from '../../src/course/bake.ts';
import type { GateEvent, Sample } from '../../src/history/timeline.ts';

const never = new AbortController().signal;

/** A sample with so many records counted of each partition, and its log's end. */
function sample(...partitions: readonly (readonly [next: number, logEnd: number])[]): Sample {
  return {
    ...{ kind: 'sample', atMs: 0, deployments: [], produced: {}, counted: {}, undecodable: 0 },
    ...{ lagRecords: 0, lagSeconds: 0 },
    partitions: partitions.map(([next, logEnd], partition) => {
      return { partition, owner: 'back-end-0', version: 'v1', next, logEnd, halted: null };
    }),
  };
}

type Changing = { -readonly [Key in keyof Baked]: Baked[Key] };

function observer(latest: Sample, analysis?: Partial<Analysis>): Changing {
  const silent: Analysis = {
    ...{ sample: () => undefined, probe: () => undefined, audited: () => undefined },
    ...{ failing: () => [], undecided: () => [] },
  };
  const asked = analysis && { ...silent, ...analysis };
  return { latest, analysis: asked, audits: 0, auditFailure: undefined };
}

/** Whether the work is over after a few looks. */
async function isOver(work: Promise<void>): Promise<boolean> {
  const over = work.then(() => true);
  return Promise.race([over, sleep(180).then(() => false)]);
}

suite('a step is over', () => {
  test('when enough more are counted, of all partitions together', async () => {
    const seen = observer(sample([10, 10], [10, 10]));
    const baking = bake(seen, 100, never);
    assert.equal(await isOver(baking), false);
    seen.latest = sample([100, 100], [20, 20]);
    assert.equal(await isOver(baking), true);
  });

  test('not while a partition is left lying, however much the others count', async () => {
    const seen = observer(sample([10, 10], [10, 10]));
    const baking = bake(seen, 100, never);
    seen.latest = sample([500, 500], [10, 60]);
    assert.equal(await isOver(baking), false);
    seen.latest = sample([900, 900], [40, 90]);
    assert.equal(await isOver(baking), false);
    // What came later may still wait: the next step begins with it.
    seen.latest = sample([900, 900], [60, 90]);
    assert.equal(await isOver(baking), true);
  });

  test('not while an instance is down that was not started again yet', async () => {
    const seen = observer(sample([10, 10]));
    const instances = (ready: boolean) => [{ name: 'back-end-v2-0', ready, restarts: 0 }];
    const about = { name: 'back-end-v2', role: 'back-end', version: 'v2', share: null } as const;
    const withReady = (ready: boolean): Sample => {
      return { ...sample([500, 500]), deployments: [{ ...about, instances: instances(ready) }] };
    };
    const baking = bake(seen, 100, never);
    seen.latest = withReady(false);
    assert.equal(await isOver(baking), false);
    seen.latest = withReady(true);
    assert.equal(await isOver(baking), true);
  });

  test('not before two audits, with a word of every gate', async () => {
    let open = ['prefix'];
    const seen = observer(sample([10, 10]), { undecided: () => open });
    const baking = bake(seen, 0, never);
    seen.audits = 2;
    assert.equal(await isOver(baking), false);
    open = [];
    assert.equal(await isOver(baking), true);
    const again = bake(seen, 0, never);
    assert.equal(await isOver(again), false);
    seen.audits = 4;
    assert.equal(await isOver(again), true);
  });

  test('at once where a gate fails, with its words', async () => {
    const failed: GateEvent = { kind: 'gate', atMs: 1, gate: 'lag', word: 'fail', detail: '6 s' };
    const seen = observer(sample([10, 10]), { failing: () => [failed] });
    await assert.rejects(bake(seen, 100, never), (error) => {
      return error instanceof GateFailedError && error.message === 'lag: 6 s';
    });
  });
});
