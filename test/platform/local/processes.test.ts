/** Child processes: told from each other, ended for certain, also by the guard. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Child } from '../../../src/platform/local/process/child.ts';
import { startChild } from '../../../src/platform/local/process/child.ts';
import { endProcesses } from '../../../src/platform/local/process/end-processes.ts';
import type { ProcessIdentity } from '../../../src/platform/local/process/identity.ts';
import { identify, isAlive } from '../../../src/platform/local/process/identity.ts';
import { sizeOf } from '../../../src/platform/local/process/log-tail.ts';
import { temporaryFolder } from './temporary-folder.ts';

const fakeProgram = fileURLToPath(new URL('./fake-program.ts', import.meta.url));

async function startFake(
  t: TestContext,
  env: Readonly<Record<string, string>> = {},
): Promise<Child> {
  const log = join(temporaryFolder(t), 'fake.log');
  const command = {
    program: process.execPath,
    args: [fakeProgram],
    env: { HOST: '127.0.0.1', PORT: '0', ...env },
  };
  const child = await startChild(command, log, () => undefined);
  t.after(() => child.stop(0));
  while (sizeOf(log) === 0) await delay(20);
  return child;
}

async function gone(identity: ProcessIdentity, limitMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < limitMs && isAlive(identity); waitedMs += 20) await delay(20);
  return !isAlive(identity);
}

test('a process that ends itself on SIGTERM is not killed', async (t) => {
  const child = await startFake(t);
  await endProcesses([child.identity], 5_000);
  const { exitCode, signal } = await child.ended;
  assert.deepEqual({ exitCode, signal }, { exitCode: 0, signal: null });
});

test('a process that ignores SIGTERM is killed after the grace period', async (t) => {
  const child = await startFake(t, { FAKE: 'ignores-sigterm' });
  await endProcesses([child.identity], 100);
  assert.equal((await child.ended).signal, 'SIGKILL');
});

test('a paused process is ended too', async (t) => {
  const child = await startFake(t);
  process.kill(child.identity.pid, 'SIGSTOP');
  await endProcesses([child.identity], 5_000);
  assert.equal((await child.ended).exitCode, 0);
});

test('a later process with the same id is left alone', async (t) => {
  const child = await startFake(t);
  const earlier = { pid: child.identity.pid, startedAt: '1' };
  await endProcesses([earlier], 100);
  assert.equal(isAlive(child.identity), true);
});

test('a program that cannot be run is a process error with its command', async (t) => {
  const log = join(temporaryFolder(t), 'none.log');
  const command = { program: '/no/such/program', args: ['--x'], env: {} };
  await assert.rejects(
    startChild(command, log, () => undefined),
    {
      name: 'ProcessError',
      message: /^program --x cannot be run: .*ENOENT/,
    },
  );
});

test('the guard ends what a killed process left behind, and removes its data', async (t) => {
  const folder = temporaryFolder(t);
  const data = join(folder, 'data');
  mkdirSync(data);
  const owner = fork(fileURLToPath(new URL('./guarded-owner.ts', import.meta.url)), [data], {
    env: { LOG: join(folder, 'log') },
  });
  const pid = await new Promise<number>((resolve) =>
    owner.once('message', (id) => resolve(Number(id))),
  );
  const child = identify(pid);
  assert.ok(child);
  owner.kill('SIGKILL');
  assert.equal(await gone(child, 8_000), true);
  for (let tries = 0; tries < 100 && existsSync(data); tries++) await delay(20);
  assert.equal(existsSync(data), false);
});
