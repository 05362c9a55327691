/** Tests that a command whose reader went away ends as if it were interrupted. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('fixtures/write-until-interrupted.ts', import.meta.url));

test('a reader that goes away interrupts the command, which cleans up', async () => {
  const args = ['--disable-warning=ExperimentalWarning', program];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const [code] = (await once(child, 'exit')) as [number | null];
  assert.deepEqual([code, errors], [3, 'cleaned up\n']);
});
