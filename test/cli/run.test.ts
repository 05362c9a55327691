/** Tests what `cutover run` refuses before anything starts. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { createFakePlatform } from '../../src/platform/fake/fake-platform.ts';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'cutover-run-'));
after(() => rmSync(folder, { recursive: true }));

function experiment(name: string, workload: string): string {
  const path = join(folder, `${name}.yaml`);
  const upgrades = 'upgrades:\n  - to: v2\n    strategy: canary\n';
  const question = 'question: Is it safe?\nexpect:\n  verdict: safe\n';
  writeFileSync(path, `${question}workload: ${workload}\n${upgrades}`);
  return path;
}

test('experiments that ask for different labs are not run on one', async () => {
  const platform = createFakePlatform();
  const files = [experiment('a', '{ seed: 1 }'), experiment('b', '{ seed: 2 }')];
  const { exitCode, err } = await runCli(['run', ...files, '--one-lab'], { platform });
  assert.equal(exitCode, 1);
  assert.match(err.join('\n'), /different labs .*seed 1.*seed 2.* Mend: leave out --one-lab/);
  assert.equal(await platform.find('default'), undefined);
});
