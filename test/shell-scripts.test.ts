/** Tests that every shell script of the project can be read by its shell: a quote too many would be noticed by nobody else before it runs. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { suite } from 'node:test';
import { fileURLToPath } from 'node:url';

const clone = fileURLToPath(new URL('..', import.meta.url));
const below = (folder: string) =>
  readdirSync(join(clone, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.sh'))
    .map((path) => join(folder, path));
const scripts = ['.ci/run', ...below('deploy'), ...below('images')];

suite('shell scripts', () => {
  test('are found', () => assert.ok(scripts.length > 5, scripts.join(' ')));

  for (const script of scripts) {
    test(`${script} can be read by its shell`, () => {
      const first = readFileSync(join(clone, script), 'utf8').split('\n')[0] ?? '';
      const shell = first.endsWith('bash') ? 'bash' : 'sh';
      const { status, stderr } = spawnSync(shell, ['-n', join(clone, script)], {
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
    });
  }
});
