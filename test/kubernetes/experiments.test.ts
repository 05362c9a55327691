/** Tests that experiments end on a real cluster as they do locally, from the same files: a canary, blue and green, and a bad build that is taken back. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type { RunVerdict } from '../../src/history/saved-run.ts';
import type { SharedCluster } from '../cluster/shared-cluster.ts';
import { useCluster } from '../cluster/shared-cluster.ts';
import { cutover } from '../integration/cutover-child.ts';
import { shareLabCluster } from './lab-cluster.ts';

const images = ['app-v1', 'app-v2', 'app-v3', 'kafka', 'registry', 'valkey'];
const log = (line: string): void => void process.stderr.write(`${line}\n`);
const runs = mkdtempSync(join(tmpdir(), 'cutover-runs-'));

let cluster: SharedCluster;
let passed = false;

before(async () => {
  cluster = await shareLabCluster(images, log);
  useCluster(cluster);
});

after(async () => {
  if (passed) rmSync(runs, { recursive: true });
  else log(`  kept, to look at: ${runs}`);
  await cluster.leave();
});

const cases = [
  { file: '01-the-safe-way.yaml', shows: 'v1 → v2 by canary' },
  { file: '02-blue-green-beside-old-records.yaml', shows: 'v2 → v3 by blue and green' },
  { file: '14-a-bad-canary.yaml', shows: 'a build that counts twice and is taken back' },
] as const;

test('experiments end on a cluster as predicted and as their files expect, one after the other on one lab', {
  timeout: 900_000,
}, async () => {
  const place = ['--platform', 'kubernetes', '--context', cluster.context, '--name', 'trial'];
  const files = cases.map(({ file }) => join('experiments', file));
  const how = [
    '--gateway',
    cluster.gatewayUrl,
    '--runs',
    runs,
    '--one-lab',
    '--as-expected',
    '--json',
  ];
  const { code, stdout, stderr } = await cutover('run', ...files, ...place, ...how);
  const answers = stdout
    .split('\n')
    .filter((line) => line.startsWith('{"kind":"answer"'))
    .map((line) => JSON.parse(line) as RunVerdict);
  assert.equal(answers.length, cases.length, `${stderr}\n${stdout.slice(-2_000)}`);
  for (const [at, { shows }] of cases.entries()) {
    const { observed, predicted, asExpected, reasons, check } = answers[at] as RunVerdict;
    log(`  ${shows}: ${observed.verdict}, ${observed.outcome}, ${check.records} records`);
    log(`    readers: ${check.invariants.I7?.detail}`);
    assert.deepEqual(observed, predicted, `${shows}: ${reasons.join('\n')}`);
    assert.ok(asExpected, `${shows}: ${reasons.join('\n')}`);
  }
  assert.equal(code, 0, stderr);
  passed = true;
});
