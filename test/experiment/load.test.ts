/** Tests what an experiment file becomes, and that everything that is wrong with one is said at once, with its place. */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, suite } from 'node:test';
import { availableVersions } from '../../src/app/versions/load.ts';
import { ExperimentFileError } from '../../src/experiment/experiment-file-error.ts';
import { loadExperiment } from '../../src/experiment/load.ts';
import { compatibilityModes } from '../../src/experiment/planner/compatibility.ts';
import { validateExperiment } from '../../src/experiment/validate.ts';

const smallest = `question: May v1 become v2?
expect:
  verdict: safe
upgrades:
  - to: v2
    strategy: canary
`;

/** The problems of a text as `line:column message`. */
function problemsOf(text: string, name = 'x'): readonly string[] {
  const { problems } = validateExperiment(name, text);
  return problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

suite('an experiment file', () => {
  test('needs a question, a verdict and an upgrade; the rest is filled in', () => {
    const { experiment } = validateExperiment('01-x', smallest);
    assert.deepEqual(experiment, {
      name: '01-x',
      question: 'May v1 become v2?',
      expect: { verdict: 'safe', outcome: 'promoted', findings: [] },
      before: [],
      start: 'v1',
      compatibility: 'BACKWARD',
      style: 'optional',
      workload: {
        skus: 4,
        records: 100_000,
        ratePerSecond: 8000,
        order: 'chronological',
        seed: 1,
        partitions: 6,
      },
      brokers: 1,
      upgrades: [
        {
          to: 'v2',
          strategy: 'canary',
          order: 'consumers-first',
          build: 'good',
          rollback: 'none',
          steps: [25, 50, 100],
          bakeRecords: 10_000,
        },
      ],
      afterwards: 'nothing',
    });
  });

  test('that starts late has records of every version below', () => {
    const text = smallest.replace('upgrades', 'start: v3\nupgrades').replace('to: v2', 'to: v4');
    assert.deepEqual(problemsOf(text).length, 1);
    const { experiment } = validateExperiment(
      'x',
      smallest.replace('upgrades', 'start: v2\nupgrades').replace('to: v2', 'to: v3'),
    );
    assert.deepEqual(experiment?.before, [{ version: 'v1', records: 10_000 }]);
  });

  test('with eight mistakes gives eight messages with their places', () => {
    const text = `question: ""
expct:
  verdict: safe
expect:
  verdict: saef
upgrades:
  - to: v9
    strategy: canery
    bake-records: many
    rollback: 30
  - strategy: rolling
`;
    assert.deepEqual(problemsOf(text), [
      '1:11 question: must not be empty',
      '2:1 expct: unknown (did you mean expect?)',
      '5:12 expect.verdict: saef: must be one of safe, unsafe, rejected, rejected-but-safe, accepted-but-unsafe, inconclusive (did you mean safe?)',
      '7:9 upgrades[0].to: v9: must be one of v1, v2, v3 (did you mean v1?)',
      '8:15 upgrades[0].strategy: canery: must be one of stop-all, rolling, canary, blue-green (did you mean canary?)',
      '9:19 upgrades[0].bake-records: many: must be a whole number',
      '10:15 upgrades[0].rollback: 30: must be one of none, 25, 50, 100, after-new-state',
      '11:5 upgrades[1].to: is missing',
    ]);
  });

  test('that contradicts itself is told all of it', () => {
    const text = `question: Does this hold together?
expect: {verdict: safe, findings: [stale]}
start: v2
before:
  - version: v3
workload:
  skus: 1
  records: 300000
upgrades:
  - to: v2
    strategy: stop-all
    build: crash
    rollback: 25
    steps: [50, 25]
  - to: v3
    strategy: rolling
`;
    assert.deepEqual(problemsOf(text), [
      '2:35 expect.findings: safe means that there is none',
      '5:14 before[0].version: v3 is not below the start, v2',
      '8:12 workload.records: 1 SKUs have 211824 records, fewer than the 310000 wanted',
      '10:9 upgrades[0].to: v2 is not later than v2',
      '12:12 upgrades[0].build: crash: nothing would notice it, because stop-all has no analysis',
      '13:15 upgrades[0].rollback: 25: only the last upgrade can be taken back',
      '14:12 upgrades[0].steps: must ascend and end with 100',
    ]);
  });

  test('that expects a refusal and a promotion is told so', () => {
    const text = smallest.replace('verdict: safe', 'verdict: rejected');
    assert.deepEqual(problemsOf(text), [
      '3:3 expect.outcome: promoted does not go with the verdict rejected',
    ]);
  });

  test('that is no YAML, empty, or only a text, is told where', () => {
    assert.match(problemsOf(`${smallest}  to: : x`).join('; '), /^\d+:\d+ .*/);
    assert.deepEqual(problemsOf(''), ['1:1 the file: must be a map of keys']);
    assert.deepEqual(problemsOf('hello'), ['1:1 the file: hello: must be a map of keys']);
    assert.match(
      problemsOf(`${smallest}question: again\n`).join('; '),
      /^7:1 Map keys must be unique/,
    );
  });

  test('has a name of lower-case letters, digits and dashes', () => {
    assert.match(problemsOf(smallest, 'My Test').join(), /^1:1 the file's name My Test must be/);
  });
});

suite('loading', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cutover-experiment-'));
  });
  after(() => rm(folder, { recursive: true }));

  test('takes the name from the file', async () => {
    const path = join(folder, '07-a-story.yaml');
    await writeFile(path, smallest);
    assert.equal((await loadExperiment(path)).name, '07-a-story');
  });

  test('fails with path, line and column of each problem, one a line', async () => {
    const path = join(folder, 'bad.yaml');
    await writeFile(path, 'question: x\nupgrades: []\n');
    const error = await loadExperiment(path).catch((reason: unknown) => reason);
    assert.ok(error instanceof ExperimentFileError);
    assert.deepEqual(error.message.split('\n'), [
      `${path}:1:1: expect: is missing`,
      `${path}:2:11: upgrades: must have at least 1 entry`,
    ]);
  });

  test('of a file that is not there fails the same way', async () => {
    await assert.rejects(loadExperiment(join(folder, 'none.yaml')), /none.yaml:1:1: .*ENOENT/);
  });
});

test('the published schema knows the versions and modes that there are', async () => {
  const path = new URL('../../experiments/experiment.schema.json', import.meta.url);
  const { properties } = JSON.parse(await readFile(path, 'utf8'));
  assert.deepEqual(properties.start.enum, availableVersions());
  assert.deepEqual(properties.upgrades.items.properties.to.enum, availableVersions());
  assert.deepEqual(properties.compatibility.enum, [...compatibilityModes]);
});
