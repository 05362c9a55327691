/** Tests experiments from file to report on a real lab: one that is safe, one that no mode of the registry stops, two that a gate must stop. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunVerdict } from '../../src/history/saved-run.ts';
import type { TimelineEvent } from '../../src/history/timeline.ts';
import { assertNothingLeft, CutoverChild, cutover } from './cutover-child.ts';

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

test('the safe way is safe: nothing lost, doubled, wrong or stale, no reader met an error', {
  timeout: 240_000,
}, async () => {
  const seen = await run('01-the-safe-way.yaml');
  assertAsPredicted(seen);
  const { code, answer, events } = seen;
  assert.deepEqual([code, answer.observed], [0, { verdict: 'safe', outcome: 'promoted' }]);
  const { lost, duplicated, misAggregated, stale, undecodable, unavailable, records } =
    answer.check;
  assert.deepEqual(
    [lost, duplicated, misAggregated, stale, undecodable, unavailable],
    [0, 0, 0, 0, 0, 0],
  );
  assert.ok(records >= 100_000, `${records} records are too few`);
  const last = events.findLast((event) => event.kind === 'step' && event.phase === 'end');
  // Counters are looked at four times a second and, on a busy machine, a little later than what they count.
  assert.ok(
    last?.kind === 'step' && Number(last.achieved) > 90,
    `achieved ${JSON.stringify(last)}`,
  );
  assert.deepEqual(Object.keys(answer.check.invariants).sort(), [
    ...['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9'],
  ]);
});

test('a default that every mode accepts is found out while the canary counts', {
  timeout: 240_000,
}, async () => {
  const seen = await run('07-the-default-that-lies.yaml');
  assertAsPredicted(seen);
  assert.deepEqual([seen.code, seen.answer.observed.verdict], [1, 'accepted-but-unsafe']);
  assert.deepEqual(seen.answer.found, ['mis-aggregated']);
});

test('a canary that counts twice is taken back by the gate meant for it, and nothing is left running', {
  timeout: 240_000,
}, async () => {
  const seen = await run('14-a-bad-canary.yaml');
  assertAsPredicted(seen);
  const failed = seen.events.find((event) => event.kind === 'gate' && event.word === 'fail');
  assert.equal(failed?.kind === 'gate' && failed.gate, 'prefix');
  const decisions = seen.events.filter((event) => event.kind === 'decision');
  assert.deepEqual(
    decisions.map(({ action }) => action),
    ['roll-back', 'restored'],
  );
  const deployments = seen.events.findLast((event) => event.kind === 'sample')?.deployments ?? [];
  assert.deepEqual([...new Set(deployments.map(({ version }) => version))], ['v1']);
  const page = readFileSync(join(seen.folder, 'report.html'), 'utf8');
  assert.match(page, /rolled back/i);
  assert.ok(existsSync(join(seen.folder, 'junit.xml')));
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

test('a canary that is slow is taken back at its first step, not on the work of the old version', {
  timeout: 240_000,
}, async () => {
  const seen = await run('19-a-build-that-is-slow.yaml');
  assertAsPredicted(seen);
  const failed = seen.events.find((event) => event.kind === 'gate' && event.word === 'fail');
  assert.equal(failed?.kind === 'gate' && failed.gate, 'lag');
  const steps = seen.events.filter((event) => event.kind === 'step' && event.phase === 'begin');
  const last = steps.at(-1);
  assert.deepEqual(last?.kind === 'step' && [last.service, last.share], ['back-end', 25]);
});
