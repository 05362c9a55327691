/** Tests I4 to I8 on recorded calls and timelines: each holds on a sound run, and sees the bug that is planted for it. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import type { InvariantVerdict } from '../../src/checker/invariant.ts';
import { judgeRun } from '../../src/checker/verdict.ts';
import type { Sample, StateCall, TimelineEvent } from '../../src/history/timeline.ts';
import { makeHistory, makeLog, runApplication } from './synthetic-lab.ts';

const log = makeLog();
const history = await makeHistory({ log, ...(await runApplication(log, { version: 'v1' })) });

type Token = StateCall['token'];
const A: Token = [1, 5, 'a'];
const B: Token = [1, 6, 'b'];

function call(change: Partial<StateCall>): StateCall {
  return {
    ...{ atMs: 0, namespace: 'back-end', partition: 1, call: 'apply', accepted: true },
    ...{ token: A, stored: A, first: null, next: null, storedNext: null },
    ...change,
  };
}

const apply = (first: number, next: number, change: Partial<StateCall> = {}): StateCall =>
  call({ first, next, storedNext: first, ...change });

const soundCalls: readonly StateCall[] = [
  call({ call: 'initialise', stored: null }),
  call({ call: 'acquire' }),
  apply(0, 100),
  call({ call: 'publish' }),
  call({ call: 'acquire', token: B, stored: A }),
  apply(100, 200, { token: A, stored: B, accepted: false }),
  call({ call: 'publish', token: A, stored: B, accepted: false }),
  apply(100, 200, { token: B, stored: B }),
  apply(150, 250, { token: B, stored: B, storedNext: 200, accepted: false }),
];

function judgedBy(
  id: string,
  parts: { calls?: StateCall[]; timeline?: TimelineEvent[] },
  bar = {},
) {
  const run = { history, stateCalls: parts.calls, timeline: parts.timeline };
  const verdict = judgeRun(JSON.parse(JSON.stringify(run)), bar);
  const invariant = verdict.invariants[id];
  assert.ok(invariant, `${id} is judged`);
  return { verdict, invariant };
}

function assertFails({ verdict, detail, findings }: InvariantVerdict, what: RegExp): void {
  assert.equal(verdict, 'fail', detail);
  assert.match(findings[0]?.what ?? '', what);
}

suite('I4 no gap', () => {
  test('holds where each batch starts at the stored next', () => {
    const { invariant } = judgedBy('I4', { calls: [...soundCalls] });
    assert.equal(invariant.verdict, 'pass');
    assert.match(invariant.detail, /^2 batches/);
  });

  test('a batch that was applied again, and one that leaps, are found', () => {
    const again = apply(0, 100, { storedNext: 100 });
    const { invariant } = judgedBy('I4', { calls: [...soundCalls, again] });
    assertFails(invariant, /starts before the stored next/);
    assert.equal(invariant.counts.duplicated, 100);
    const leap = judgedBy('I4', { calls: [apply(120, 200, { storedNext: 100 })] }).invariant;
    assertFails(leap, /starts after the stored next/);
    assert.deepEqual([leap.counts.lost, leap.findings[0]?.offset], [20, 120]);
  });

  test('what was stored before the recorder came is no finding, and alone too little', () => {
    const { invariant } = judgedBy('I4', { calls: [apply(10, 20, { storedNext: null })] });
    assert.equal(invariant.verdict, 'inconclusive');
  });
});

suite('I5 fence', () => {
  test('holds where a superseded owner is refused', () => {
    const { invariant } = judgedBy('I5', { calls: [...soundCalls] });
    assert.equal(invariant.verdict, 'pass');
    assert.match(invariant.detail, /2 refused under another one/);
  });

  test('an apply and a publish under a superseded token are found', () => {
    const applied = apply(200, 230, { token: A, stored: B });
    const one = judgedBy('I5', { calls: [...soundCalls, applied] }).invariant;
    assertFails(one, /applied under a superseded token/);
    assert.equal(one.counts.duplicated, 30);
    const published = call({ call: 'publish', token: A, stored: B });
    assertFails(judgedBy('I5', { calls: [published] }).invariant, /published under/);
  });

  test('a state that is taken over by an earlier generation, or by another of the same, is found', () => {
    for (const token of [A, [1, 6, 'c'] as const]) {
      const { invariant } = judgedBy('I5', {
        calls: [call({ call: 'acquire', token, stored: B })],
      });
      assertFails(invariant, /not later than the stored one/);
    }
    const epoch = call({ call: 'acquire', token: [2, 1, 'c'], stored: B });
    assert.equal(judgedBy('I5', { calls: [epoch] }).invariant.verdict, 'pass');
  });
});

function probe(atMs: number, change: object = {}): TimelineEvent {
  return {
    ...{ atMs, kind: 'probe', forMs: 250, requests: 25, errors: 0, versions: { v1: 20 } },
    ...{ slowestMs: 9, medianMs: 2, longestGapMs: 30, error: null, oddities: 0, firstOddity: null },
    ...change,
  };
}

const probes = (change: object) => [probe(250), probe(500, change), probe(750)];

suite('I6 reader', () => {
  test('holds where nothing odd was seen', () => {
    const { invariant } = judgedBy('I6', { timeline: probes({ versions: { v2: 20 } }) });
    assert.deepEqual(
      [invariant.verdict, invariant.detail],
      ['pass', '75 good answers, 40 of v1, 20 of v2'],
    );
  });

  test('a total that went back is stale, another shape is mis-aggregated', () => {
    const back = probes({ oddities: 3, firstOddity: 'sku 2000-1: v1 went back to 6' });
    const { invariant, verdict } = judgedBy('I6', { timeline: back });
    assertFails(invariant, /went back/);
    assert.equal(verdict.stale, 3);
    const shape = probes({ oddities: 1, firstOddity: 'v1 answers with the fields of v2' });
    assert.equal(judgedBy('I6', { timeline: shape }).verdict.misAggregated, 1);
  });

  test('without a good answer it is inconclusive', () => {
    const timeline = [probe(250, { requests: 5, errors: 5, versions: {} })];
    assert.equal(judgedBy('I6', { timeline }).invariant.verdict, 'inconclusive');
  });
});

suite('I7 availability', () => {
  const outage = probes({ errors: 4, error: '503 Service Unavailable', longestGapMs: 400 });

  test('without a bar it only tells, and the errors are counted', () => {
    const { invariant, verdict } = judgedBy('I7', { timeline: outage });
    assert.equal(invariant.verdict, 'pass');
    assert.match(invariant.detail, /75 requests, 4 errors, longest gap 400 ms/);
    assert.equal(verdict.unavailable, 4);
  });

  test('with a bar, errors and long gaps are found', () => {
    const { invariant } = judgedBy('I7', { timeline: outage }, { maxGapMs: 250 });
    assertFails(invariant, /503 Service Unavailable/);
    assert.equal(invariant.counts.unavailable, 5);
    const sound = judgedBy('I7', { timeline: probes({}) }, { maxGapMs: 250 });
    assert.equal(sound.invariant.verdict, 'pass');
  });

  test('each fault window is told', () => {
    const fault = (atMs: number, phase: 'begin' | 'heal'): TimelineEvent => ({
      ...{ atMs, kind: 'fault', phase, fault: 'kill', target: 'stats-0' },
    });
    const timeline = [fault(300, 'begin'), ...outage, fault(500, 'heal')];
    const { invariant } = judgedBy('I7', { timeline });
    assert.match(invariant.detail, /kill stats-0: 4 errors, longest gap 400 ms/);
  });
});

const sample = (atMs: number, next: number, lagRecords = 100): Sample => ({
  ...{ atMs, kind: 'sample', deployments: [], produced: {}, counted: {}, undecodable: 0 },
  partitions: [
    {
      partition: 0,
      owner: 'back-end-0',
      version: 'v1',
      next,
      logEnd: next + lagRecords,
      halted: null,
    },
  ],
  ...{ lagRecords, lagSeconds: 0 },
});

/** A sample each second; `nextAt` tells where the Back End stands. */
const samples = (seconds: number, nextAt: (second: number) => number, lagRecords?: number) =>
  Array.from({ length: seconds }, (_, at) => sample(at * 1_000, nextAt(at), lagRecords));

const pause = (atMs: number, phase: 'begin' | 'heal'): TimelineEvent => ({
  ...{ atMs, kind: 'fault', phase, fault: 'pause', target: 'back-end-0' },
});

suite('I8 liveness', () => {
  const judge = (timeline: TimelineEvent[]) => judgedBy('I8', { timeline }).invariant;

  test('holds where counting goes on, and where there is nothing to count', () => {
    assert.equal(judge(samples(10, (second) => second)).verdict, 'pass');
    assert.equal(judge(samples(100, () => 7, 0)).verdict, 'pass');
    assert.equal(judge(samples(1, () => 7)).verdict, 'inconclusive');
  });

  test('no progress within a minute of heal is found', () => {
    const faults = [pause(5_000, 'begin'), pause(15_000, 'heal')];
    const stuck = samples(90, (second) => Math.min(second, 5));
    assertFails(
      judge([...stuck, ...faults]),
      /pause back-end-0: nothing was counted within 60 s of heal/,
    );
    const late = samples(90, (second) => Math.min(second, 5) + Math.max(0, second - 70));
    assert.equal(judge([...late, ...faults]).verdict, 'pass');
  });

  test('no progress in a long window is found, in a short one it is not asked', () => {
    const stuck = samples(60, (second) => (second < 5 || second > 40 ? second : 5));
    const [short, long] = [15_000, 40_000].map((healMs) =>
      judge([...stuck, pause(5_000, 'begin'), pause(healMs, 'heal')]),
    );
    assert.equal(short?.verdict, 'pass');
    assert.ok(long);
    assertFails(long, /nothing was counted in its window/);
  });

  test('a run that ends too soon after a heal without progress is inconclusive', () => {
    const stuck = samples(30, (second) => Math.min(second, 5));
    const judged = judge([...stuck, pause(5_000, 'begin'), pause(15_000, 'heal')]);
    assert.equal(judged.verdict, 'inconclusive');
  });

  test('a standstill without any fault is found', () => {
    assertFails(judge(samples(90, (second) => Math.min(second, 5))), /though records were there/);
  });

  test('a state that was lost and is counted anew makes progress', () => {
    const wiped = samples(90, (second) => (second < 50 ? second : second - 50));
    assert.equal(judge(wiped).verdict, 'pass');
  });
});

test('what was not recorded is left out, and what crashes is unknown', () => {
  assert.deepEqual(Object.keys(judgeRun({ history }).invariants), ['I1', 'I2', 'I3', 'I9']);
  const all = judgeRun({
    history,
    stateCalls: soundCalls,
    timeline: [...probes({}), ...samples(5, (second) => second)],
  });
  const ids = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9'];
  assert.deepEqual(Object.keys(all.invariants), ids);
  assert.equal(all.verdict, 'pass', JSON.stringify(all.invariants));
  const broken = [{ ...probe(250), versions: null }] as unknown as TimelineEvent[];
  const crashed = judgeRun({ history, timeline: broken });
  assert.equal(crashed.invariants.I6?.verdict, 'unknown');
  assert.equal(crashed.verdict, 'unknown');
});
