/** Tests what the launcher in bin/ does: signals, exit codes, what it says when something is missing, installing. */

import assert from 'node:assert/strict';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { suite } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = 'test/cli/fixtures/until-interrupted.ts';

interface Launched {
  readonly launcher: ChildProcessWithoutNullStreams;
  /** Process id of the program that the launcher started. */
  readonly pid: number;
  readonly output: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/** Starts the launcher in a process group of its own, as a terminal does, and waits until its program runs. */
async function launch(...args: string[]): Promise<Launched> {
  const options = { cwd: root, detached: true, env: { ...process.env, npm_command: undefined } };
  const launcher = spawn(process.execPath, ['bin/run.mjs', program, ...args], options);
  let output = '';
  launcher.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    launcher.once('close', (code, signal) => resolve({ code, signal }));
  });
  while (!output.includes('running')) await delay(10);
  return { launcher, pid: Number(/running (\d+)/.exec(output)?.[1]), output: () => output, ended };
}

function signalGroup({ launcher }: Launched, signal: NodeJS.Signals): void {
  process.kill(-(launcher.pid ?? 0), signal);
}

suite('the launcher', () => {
  test('Ctrl-C reaches the program, which cleans up, and its exit code is passed on', async () => {
    const launched = await launch();
    signalGroup(launched, 'SIGINT');
    assert.deepEqual(await launched.ended, { code: 3, signal: null });
    assert.match(launched.output(), /interrupted\ncleaned up\n$/);
  });

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    test(`${signal} to the launcher alone is passed on`, async () => {
      const launched = await launch();
      launched.launcher.kill(signal);
      assert.deepEqual(await launched.ended, { code: 3, signal: null });
    });
  }

  test('a second Ctrl-C ends the program at once', async () => {
    const launched = await launch('slowly');
    signalGroup(launched, 'SIGINT');
    await delay(700);
    signalGroup(launched, 'SIGINT');
    assert.deepEqual(await launched.ended, { code: 130, signal: null });
    assert.doesNotMatch(launched.output(), /cleaned up/);
  });

  test('one Ctrl-C that arrives twice, from the terminal and from npm, counts once', async () => {
    const launched = await launch('for a moment');
    signalGroup(launched, 'SIGINT');
    await delay(100);
    signalGroup(launched, 'SIGINT');
    assert.deepEqual(await launched.ended, { code: 3, signal: null });
    assert.match(launched.output(), /cleaned up\n$/);
  });

  test('the program cleans up when the launcher is killed', async () => {
    const launched = await launch();
    launched.launcher.kill('SIGKILL');
    await launched.ended;
    assert.match(launched.output(), /cleaned up\n$/);
  });

  test('ends by the signal that ended the program', async () => {
    const launched = await launch('die');
    assert.deepEqual(await launched.ended, { code: null, signal: 'SIGKILL' });
  });
});

/** A clone with nothing installed, whose npm is a script that notes its arguments. */
function makeClone(npmExitCode: number): { readonly folder: string; readonly npm: string } {
  const folder = mkdtempSync(join(tmpdir(), 'cutover-test-'));
  for (const name of ['bin', 'package.json', 'package-lock.json']) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  const npm = join(folder, 'npm-cli.js');
  writeFileSync(
    npm,
    `import { writeFileSync } from 'node:fs';
    writeFileSync('npm-args', process.argv.slice(2).join(' '));
    process.exit(${npmExitCode});\n`,
  );
  return { folder, npm };
}

function runClone({ folder, npm }: { readonly folder: string; readonly npm: string }) {
  const env = { ...process.env, npm_execpath: npm };
  const options = { cwd: folder, env, encoding: 'utf8' } as const;
  return spawnSync(process.execPath, ['bin/cutover.mjs', '--version'], options);
}

suite('the launcher in a clone with nothing installed', () => {
  test('installs with npm ci and says so on standard error', () => {
    const clone = makeClone(0);
    try {
      mkdirSync(join(clone.folder, 'src/cli'), { recursive: true });
      writeFileSync(join(clone.folder, 'src/cli/main.ts'), "console.log('main' as string);");
      const run = runClone(clone);
      assert.equal(run.stdout, 'main\n');
      assert.equal(run.stderr, 'installing dependencies (first run only)…\n');
      const args = readFileSync(join(clone.folder, 'npm-args'), 'utf8');
      assert.match(args, /^ci --no-audit --no-fund --loglevel=error/);
    } finally {
      rmSync(clone.folder, { recursive: true });
    }
  });

  test('says in one line what, why and how to mend it where npm fails', () => {
    const clone = makeClone(7);
    try {
      const run = runClone(clone);
      assert.equal(run.status, 1);
      assert.equal(run.stdout, '');
      const line = run.stderr.split('\n')[1] ?? '';
      assert.match(
        line,
        /^cutover: the dependencies could not be installed: npm ended with 7\. Mend: cd .* && npm ci$/,
      );
    } finally {
      rmSync(clone.folder, { recursive: true });
    }
  });

  test('a Node that is too old gets one line', () => {
    const pretend = "Object.defineProperty(process.versions, 'node', { value: '18.19.0' });";
    const script = `${pretend} import('./bin/cutover.mjs')`;
    const run = spawnSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' });
    assert.equal(run.status, 1);
    assert.match(run.stderr, /^cutover: Node 18\.19\.0 is too old: .*\. Mend: .*\n$/);
  });
});

suite('the command in this clone', () => {
  test('passes arguments and the exit code on', () => {
    const run = spawnSync(process.execPath, ['bin/cutover.mjs', 'up', '--skuz'], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.equal(run.status, 64);
    assert.equal(run.stdout, '');
    assert.match(run.stderr, /--skuz: unknown option/);
  });
});
