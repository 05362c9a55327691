/** Tests a sample of the matrix on real components: what is observed is what was predicted, and Ctrl-C leaves nothing. */

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MatrixCell } from '../../src/history/matrix.ts';
import { assertNothingLeft, CutoverChild, cutover } from '../integration/cutover-child.ts';

const lab = `matrix-${process.pid}`;
const runs = mkdtempSync(join(tmpdir(), 'cutover-matrix-'));
after(() => rmSync(runs, { recursive: true }));

async function observe(only: string): Promise<readonly MatrixCell[]> {
  const args = ['--only', only, '--name', lab, '--runs', runs, '--json'];
  const { code, stdout, stderr } = await cutover('matrix', ...args);
  assert.notEqual(stdout.trim(), '', stderr);
  const { cells } = JSON.parse(stdout) as { cells: readonly MatrixCell[] };
  const others = cells.filter(({ agrees }) => !agrees);
  assert.deepEqual(others, [], stderr);
  assert.equal(code, 0, stderr);
  return cells;
}

function wordsOf(cells: readonly MatrixCell[]): readonly (string | null)[] {
  return [...new Set(cells.map(({ observed }) => observed))].sort();
}

test('24 cells of v1 → v2 by canary come out as predicted, from 8 runs', async () => {
  const cells = await observe('pair=v1-v2,strategy=canary,mode=NONE+BACKWARD+FORWARD');
  assert.equal(cells.length, 24);
  assert.deepEqual(wordsOf(cells), ['accepted-but-unsafe', 'rejected', 'safe', 'unsafe']);
  assert.equal(cells.filter(({ sameAs }) => sameAs === null).length, 8);
});

test('fields that become required are seen by the transitive modes alone, by blue-green', async () => {
  const modes = 'NONE+BACKWARD+BACKWARD_TRANSITIVE';
  const cells = await observe(`pair=v2-v3,strategy=blue-green,style=tightened,mode=${modes}`);
  assert.equal(cells.length, 6);
  const transitive = cells.filter(({ mode }) => mode === 'BACKWARD_TRANSITIVE');
  for (const { observed } of transitive) assert.match(String(observed), /^rejected/);
  for (const { observed, mode } of cells) {
    if (mode === 'BACKWARD') assert.doesNotMatch(String(observed), /^rejected/);
  }
});

test('Ctrl-C in a run ends it all, and the matrix can go on', async () => {
  const args = ['matrix', '--only', 'pair=v1-v2,strategy=rolling', '--name', lab, '--runs', runs];
  const child = new CutoverChild(args);
  await child.says(/✔ registry/, 60_000);
  await sleep(3_000);
  child.process.kill('SIGINT');
  const { code, stderr } = await child.ended();
  assert.equal(code, 130, stderr);
  const folder = readdirSync(runs).sort().at(-1) ?? '';
  assert.match(stderr, new RegExp(`matrix --resume .*${folder}`));
  await assertNothingLeft(lab);
});
