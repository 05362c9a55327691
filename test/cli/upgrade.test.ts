/** Tests what `cutover upgrade` refuses before anything starts, and what it says. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, suite } from 'node:test';
import type { FakeBehaviour } from '../../src/platform/fake/fake-platform.ts';
import { createFakePlatform } from '../../src/platform/fake/fake-platform.ts';
import type { CliRun } from './run-cli.ts';
import { runCli } from './run-cli.ts';

suite('cutover upgrade', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cutover-test-'));
  const control = join(folder, 'control.sock');
  after(() => rmSync(folder, { recursive: true }));

  /** Runs the commands while a fake lab is up at v2. */
  async function besideLab(
    commands: readonly string[],
    behaviour: FakeBehaviour = {},
  ): Promise<readonly CliRun[]> {
    const platform = createFakePlatform({ control, ...behaviour });
    const interrupt = new AbortController();
    const ready = Promise.withResolvers<void>();
    const onLine = (line: string) => line.includes('registry') && ready.resolve();
    const up = runCli(['up', '--app', 'v2'], { platform, interrupt, onLine });
    await ready.promise;
    const ended: CliRun[] = [];
    for (const command of commands) ended.push(await runCli(command.split(' '), { platform }));
    interrupt.abort();
    await up;
    return ended;
  }

  test('mistakes of the command line are told together and end with 64', async () => {
    const wrong =
      'upgrade v9 --strategy stop-all --order backwards --steps 50,25 --build bad --bake-records 0 --rollback 30';
    const { exitCode, err } = await runCli(wrong.split(' '));
    assert.equal(exitCode, 64);
    const flags = [
      ...['--strategy', '--order', '--build', '--bake-records', '--rollback'],
      ...['--steps', 'v9'],
    ];
    assert.deepEqual(
      err.map((line) => line.match(/^cutover: ([-a-z0-9]+)/)?.[1]),
      [...flags, 'see'],
    );
    const none = await runCli(['upgrade']);
    assert.deepEqual([none.exitCode, none.err[0]?.includes('<version>: is missing')], [64, true]);
    const both = await runCli(['upgrade', 'v2', '--take-back', '--build', 'crash']);
    assert.equal(both.exitCode, 64);
    assert.match(both.err.join('\n'), /v2: goes without --take-back\n.*--build: goes without/);
  });

  test('everything that stands against it is told at once, with what mends it', async () => {
    const platform = createFakePlatform({ lacks: ['route'] });
    const { exitCode, err } = await runCli(['upgrade', 'v9', '--name', 'demo'], { platform });
    assert.equal(exitCode, 64);
    const refusals = [
      /the platform fake cannot share readers out between versions\. Mend: .*--platform/,
      /v9: unknown version \(there are v1, v2, v3\)\. Mend: npx cutover upgrade v3 --name demo/,
      /no lab named demo is running\. Mend: .*npx cutover up --name demo/,
    ];
    assert.equal(err.length, refusals.length, err.join('\n'));
    for (const [at, refusal] of refusals.entries()) assert.match(err[at] ?? '', refusal);
  });

  test('a lab that takes no upgrade says so', async () => {
    const platform = createFakePlatform();
    const interrupt = new AbortController();
    const ready = Promise.withResolvers<void>();
    const onLine = (line: string) => line.includes('registry') && ready.resolve();
    const up = runCli(['up'], { platform, interrupt, onLine });
    await ready.promise;
    const { exitCode, err } = await runCli(['upgrade', 'v2'], { platform });
    interrupt.abort();
    await up;
    assert.equal(exitCode, 1);
    assert.match(err.join('\n'), /a lab on fake takes no upgrade from here\. Mend: /);
  });

  test('only a later version is an upgrade, nothing is paused, and records must be left', async () => {
    const few = 'upgrade v2 --strategy rolling --bake-records 1000000';
    const commands = ['upgrade v1', few, 'upgrade v9', 'upgrade --take-back'];
    const [earlier, short, unknown, back] = await besideLab(commands);
    assert.equal(earlier?.exitCode, 1);
    assert.match(
      earlier?.err.join('\n') ?? '',
      /v1: the lab runs v2 already\. Mend: npx cutover upgrade v3/,
    );
    assert.match(short?.err[0] ?? '', /v2: the lab runs v2 already/);
    assert.match(
      short?.err[1] ?? '',
      /\d+ records are left to produce, and the steps need 3000000\. Mend: .*--bake-records/,
    );
    assert.equal(unknown?.exitCode, 64);
    assert.match(unknown?.err.join('\n') ?? '', /v9: unknown version/);
    assert.equal(back?.exitCode, 1);
    assert.match(back?.err.join('\n') ?? '', /no upgrade is paused\. Mend: .*cutover watch/);
  });

  test('the socket is for the user alone and goes with the lab', async () => {
    const platform = createFakePlatform({ control });
    const modes: number[] = [];
    const onLine = (line: string, interrupt: () => void) => {
      if (!line.includes('upgrade  npx cutover upgrade v2')) return;
      void stat(control).then(({ mode }) => {
        modes.push(mode & 0o777);
        interrupt();
      });
    };
    await runCli(['up'], { platform, onLine });
    assert.deepEqual(modes, [0o600]);
    await assert.rejects(stat(control));
  });
});
