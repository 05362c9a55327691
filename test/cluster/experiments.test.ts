/** Tests that experiments end on a real cluster as they do locally, from the same files: a canary, blue and green, and a bad build that is taken back. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type { RunVerdict } from '../../src/history/saved-run.ts';
import { cutover } from '../integration/cutover-child.ts';
import { loadLabImages } from './lab-images.ts';
import type { SharedCluster } from './shared-cluster.ts';
import { shareCluster, useCluster } from './shared-cluster.ts';

const images = ['app-v1', 'app-v2', 'app-v3', 'kafka', 'registry', 'valkey'];
const log = (line: string): void => void process.stderr.write(`${line}\n`);
const runs = mkdtempSync(join(tmpdir(), 'cutover-runs-'));

let cluster: SharedCluster;

before(async () => {
  cluster = await shareCluster(log);
  useCluster(cluster);
  await loadLabImages(cluster, images, log);
});

after(async () => {
  rmSync(runs, { recursive: true });
  await cluster.leave();
});

const cases = [
  { file: '01-the-safe-way.yaml', shows: 'v1 → v2 by canary' },
  { file: '02-blue-green-beside-old-records.yaml', shows: 'v2 → v3 by blue and green' },
  { file: '14-a-bad-canary.yaml', shows: 'a build that counts twice and is taken back' },
] as const;

for (const { file, shows } of cases) {
  test(`${shows}: the answer is the one that was predicted, and that the file expects`, {
    timeout: 600_000,
  }, async () => {
    const place = ['--platform', 'kubernetes', '--context', cluster.context, '--name', 'trial'];
    const args = [join('experiments', file), ...place, '--gateway', cluster.gatewayUrl];
    const { stdout, stderr } = await cutover('run', ...args, '--runs', runs, '--json');
    const last = stdout.trim().split('\n').at(-1) ?? '';
    assert.match(last, /^\{"kind":"answer"/, `${stderr}\n${stdout.slice(-2_000)}`);
    const answer = JSON.parse(last) as RunVerdict;
    const words = answer.reasons.join('\n');
    assert.deepEqual(answer.observed, answer.predicted, words);
    assert.ok(answer.asExpected, words);
    const { check } = answer;
    const readers = check.invariants.I7?.detail;
    log(`  ${file}: ${answer.observed.verdict}, ${check.records} records; readers: ${readers}`);
  });
}
