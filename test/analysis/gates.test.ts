/** Tests that each gate fails at what it is meant for, and at nothing else. */
import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { startAnalysis } from '../../src/analysis/analysis.ts';
import type { Observation } from '../../src/analysis/gate.ts';
import { gates } from '../../src/analysis/gates/index.ts';
import type { Finding } from '../../src/history/history.ts';
import type { GateEvent, ProbeSample, Sample } from '../../src/history/timeline.ts';

function sample(atMs: number, change: Partial<Sample> = {}): Sample {
  const instances = [{ name: 'back-end-0', ready: true, restarts: 0 }];
  const backEnd = {
    name: 'back-end',
    role: 'back-end',
    version: 'v1',
    instances,
    share: null,
  } as const;
  const partition = {
    partition: 0,
    owner: 'back-end-0',
    version: 'v1',
    next: 10,
    logEnd: 10,
    halted: null,
  };
  return {
    ...{ kind: 'sample', atMs, deployments: [backEnd], partitions: [partition] },
    ...{ produced: { v1: 10 }, counted: { v1: 10 }, undecodable: 0, lagRecords: 0, lagSeconds: 0 },
    ...change,
  };
}

function probe(change: Partial<ProbeSample> = {}): ProbeSample {
  return {
    ...{ kind: 'probe', atMs: 1, forMs: 250, requests: 25, errors: 0, versions: { v1: 25 } },
    ...{ slowestMs: 5, medianMs: 1, longestGapMs: 12, error: null, oddities: 0, firstOddity: null },
    ...change,
  };
}

const finding: Finding = {
  ...{
    kind: 'duplicated',
    what: 'state: records',
    topic: 'raw-data-in',
    partition: 1,
    offset: 4,
    schemaId: 1,
  },
  ...{ version: 'v1', sku: 'sku_000001', year: 2002, month: 7, expected: 744, found: 746 },
};

/** Gates that fail in an observation that is good but for the change. */
function failing(change: Partial<Observation>): readonly string[] {
  const observation: Observation = {
    ...{ baseline: sample(0), recent: [sample(0), sample(1_000), sample(2_000)] },
    ...{ probes: [probe()], audit: { records: 10, findings: [] } },
    ...change,
  };
  return gates.filter((gate) => gate.judge(observation).word === 'fail').map(({ name }) => name);
}

suite('the gates', () => {
  const late = (seconds: number) =>
    [0, 500, 1_000, 1_500, 2_000].map((atMs) =>
      sample(atMs, { lagSeconds: seconds, lagRecords: 9 }),
    );
  const restarted = sample(2_000, {
    deployments: sample(0).deployments.map((each) => ({
      ...each,
      instances: [{ name: 'back-end-0', ready: false, restarts: 1 }],
    })),
  });
  const halted = sample(2_000, {
    partitions: sample(0).partitions.map((each) => ({ ...each, halted: 'records are missing' })),
  });
  const cases: readonly [string, Partial<Observation>, readonly string[]][] = [
    ['all is well', {}, []],
    ['an instance was started again', { recent: [restarted] }, ['restarts']],
    ['an instance was started again before', { baseline: restarted, recent: [restarted] }, []],
    ['a record became a dead letter', { recent: [sample(1, { undecodable: 1 })] }, ['undecodable']],
    [
      'dead letters from before',
      { baseline: sample(0, { undecodable: 5 }), recent: [sample(1, { undecodable: 5 })] },
      [],
    ],
    ['counting falls behind', { recent: late(6) }, ['lag']],
    [
      'counting is behind for a moment',
      { recent: [sample(0), sample(2_000, { lagSeconds: 9 })] },
      [],
    ],
    ['a partition is halted', { recent: [halted] }, ['lag']],
    [
      'a reader met an error',
      { probes: [probe(), probe({ errors: 1, error: '503' })] },
      ['availability'],
    ],
    [
      'a total went back',
      { probes: [probe({ oddities: 1, firstOddity: 'went back' })] },
      ['availability'],
    ],
    ['nobody answered for 6 s', { probes: [probe({ longestGapMs: 6_000 })] }, ['availability']],
    [
      'the state is not the fold of the log',
      { audit: { records: 10, findings: [finding] } },
      ['prefix'],
    ],
  ];
  for (const [name, change, expected] of cases) {
    test(name, () => assert.deepEqual(failing(change), expected));
  }
});

test('a gate that has seen nothing yet is inconclusive: it never passes', () => {
  const nothing: Partial<Observation> = { probes: [], audit: { records: 0, findings: [] } };
  const words = gates.map(({ name, judge }) => {
    const observation = { baseline: sample(0), recent: [sample(0)], probes: [], audit: undefined };
    return [name, judge(observation).word, judge({ ...observation, ...nothing }).word];
  });
  const open = words.filter((each) => each.includes('inconclusive'));
  assert.deepEqual(open, [
    ['availability', 'inconclusive', 'inconclusive'],
    ['prefix', 'inconclusive', 'inconclusive'],
  ]);
});

test('an analysis tells when a gate changes its word, and one that failed stays failed', () => {
  const events: GateEvent[] = [];
  const analysis = startAnalysis(gates, (event) => events.push(event));
  analysis.sample(sample(0));
  assert.deepEqual(analysis.undecided(), ['availability', 'prefix']);
  analysis.probe(probe());
  analysis.audited({ records: 10, findings: [] });
  assert.deepEqual(analysis.undecided(), []);
  analysis.sample(sample(250, { undecodable: 3 }));
  analysis.sample(sample(500));
  assert.deepEqual(
    analysis.failing().map(({ gate, detail }) => [gate, detail]),
    [['undecodable', '3 records became dead letters']],
  );
  assert.equal(events.filter(({ word }) => word === 'fail').length, 1);
});
