/** Runs every experiment of the library from file to report on a real lab: what is observed is what was predicted and what the file expects. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, suite } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunVerdict } from '../../src/history/saved-run.ts';
import type { TimelineEvent } from '../../src/history/timeline.ts';
import { assertNothingLeft, CutoverChild, cutover } from '../integration/cutover-child.ts';

const lab = `experiments-${process.pid}`;
const runs = mkdtempSync(join(tmpdir(), 'cutover-runs-'));
after(() => rmSync(runs, { recursive: true }));

interface Run {
  readonly code: number | null;
  readonly stderr: string;
  readonly folder: string;
  readonly answer: RunVerdict;
  readonly events: readonly TimelineEvent[];
}

/** Runs `cutover run FILE --json` as a user would. */
async function run(file: string): Promise<Run> {
  const args = [join('experiments', file), '--name', lab, '--runs', runs, '--json'];
  const { code, stdout, stderr } = await cutover('run', ...args);
  const lines = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as TimelineEvent & RunVerdict & { folder: string });
  const answer = lines.at(-1);
  assert.ok(answer && 'observed' in answer, `no answer came:\n${stdout.slice(-2_000)}\n${stderr}`);
  return { code, stderr, folder: answer.folder, answer, events: lines.slice(0, -1) };
}

/** Fails unless what was observed is what was predicted and expected. */
function assertAsPredicted({ answer, folder, stderr }: Run): void {
  assert.deepEqual(answer.observed, answer.predicted, `${answer.reasons.join('\n')}\n${stderr}`);
  assert.ok(answer.asExpected, answer.reasons.join('\n'));
  const files = readdirSync(folder).sort();
  const parts = ['experiment', 'history', 'manifest', 'prediction', 'verdict'].map(
    (name) => `${name}.json`,
  );
  for (const name of [
    ...parts,
    'timeline.jsonl',
    'state-calls.jsonl',
    'junit.xml',
    'report.html',
  ]) {
    assert.ok(files.includes(name), `${name} is missing among ${files}`);
  }
}

/** What is asked of some of them beside the verdict. */
const more: Readonly<Record<string, (seen: Run) => void>> = {
  '01-the-safe-way.yaml': ({ answer: { check }, events }) => {
    const { lost, duplicated, misAggregated, stale, undecodable, unavailable } = check;
    assert.deepEqual(
      [lost, duplicated, misAggregated, stale, undecodable, unavailable],
      [0, 0, 0, 0, 0, 0],
    );
    assert.ok(check.records >= 100_000, `${check.records} records are too few`);
    const last = events.findLast((event) => event.kind === 'step' && event.phase === 'end');
    // Counters are looked at four times a second and, on a busy machine, a little later than what they count.
    const achieved = last?.kind === 'step' ? Number(last.achieved) : Number.NaN;
    assert.ok(achieved > 90, `achieved ${JSON.stringify(last)}`);
    const invariants = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9'];
    assert.deepEqual(Object.keys(check.invariants).sort(), invariants);
  },

  '07-the-default-that-lies.yaml': ({ answer }) =>
    assert.deepEqual(answer.found, ['mis-aggregated']),

  '14-a-bad-canary.yaml': ({ events, folder }) => {
    assert.equal(failedGate(events), 'prefix');
    const decisions = events.filter((event) => event.kind === 'decision');
    assert.deepEqual(
      decisions.map(({ action }) => action),
      ['roll-back', 'restored'],
    );
    const deployments = events.findLast((event) => event.kind === 'sample')?.deployments ?? [];
    assert.deepEqual([...new Set(deployments.map(({ version }) => version))], ['v1']);
    assert.match(readFileSync(join(folder, 'report.html'), 'utf8'), /rolled back/i);
  },

  '16-a-build-that-crashes.yaml': ({ events }) => assert.equal(failedGate(events), 'restarts'),

  // At its first step, and not only when nobody else is left to do the work.
  '19-a-build-that-is-slow.yaml': ({ events }) => {
    assert.equal(failedGate(events), 'lag');
    const last = events.findLast((event) => event.kind === 'step' && event.phase === 'begin');
    assert.deepEqual(last?.kind === 'step' && [last.service, last.share], ['back-end', 25]);
  },

  '20-the-wrong-month.yaml': ({ events }) => assert.equal(failedGate(events), 'prefix'),
  '21-a-bad-schema-unasked.yaml': ({ events }) => assert.equal(failedGate(events), 'undecodable'),
};

/** The gate that was the first to fail. */
function failedGate(events: readonly TimelineEvent[]): string | undefined {
  const failed = events.find((event) => event.kind === 'gate' && event.word === 'fail');
  return failed?.kind === 'gate' ? failed.gate : undefined;
}

const files = readdirSync('experiments').filter((file) => file.endsWith('.yaml'));

suite('an experiment ends as predicted and expected', { concurrency: false }, () => {
  for (const file of files) {
    test(file, { timeout: 240_000 }, async (context) => {
      const seen = await run(file);
      context.diagnostic(`readers: ${seen.answer.check.invariants.I7?.detail}`);
      assertAsPredicted(seen);
      const { code, answer } = seen;
      assert.equal(code, answer.observed.verdict === 'safe' ? 0 : 1);
      more[file]?.(seen);
    });
  }
});

for (const [moment, words, afterMs] of [
  ['while components start', /registry: starting/, 500],
  ['while the application starts', /✔ registry/, 600],
  ['in a step', /"phase":"begin"/, 300],
] as const) {
  test(`Ctrl-C ${moment} ends everything at once, and what was seen is kept`, {
    timeout: 120_000,
  }, async () => {
    const file = 'experiments/12-back-from-half-way.yaml';
    const child = new CutoverChild(['run', file, '--name', lab, '--runs', runs, '--json']);
    await child.says(words, 90_000);
    await sleep(afterMs);
    const startMs = performance.now();
    child.process.kill('SIGINT');
    const { code, stderr } = await child.ended();
    assert.equal(code, 130, stderr);
    assert.ok(performance.now() - startMs < 15_000, 'it took more than 15 s');
    await assertNothingLeft(lab);
    const folder = readdirSync(runs).sort().at(-1) ?? '';
    assert.match(folder, /12-back-from-half-way|back-from/);
    assert.ok(existsSync(join(runs, folder, 'prediction.json')));
    assert.ok(!existsSync(join(runs, folder, 'verdict.json')));
  });
}
