/** Makes a clone ready to run: installs the dependencies that are missing and finds a Node that runs TypeScript. */

import { spawn, spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the clone. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const oldestLauncher = 20;
/** Oldest Node that runs TypeScript without noise and that the Kafka client supports. */
const oldestRunner = [24, 6];

/** Makes the clone ready: dependencies installed, or one line that says why not and the end. */
export function prepare() {
  requireLauncherNode();
  installDependencies();
}

function requireLauncherNode() {
  if (Number(process.versions.node.split('.')[0]) >= oldestLauncher) return;
  fail(
    `Node ${process.versions.node} is too old: cutover starts on Node ${oldestLauncher} or newer and brings its own Node 24`,
    'install Node 24 from https://nodejs.org',
  );
}

/** Installs the dependencies where they are not the ones that the lockfile names. */
function installDependencies() {
  if (isInstalled()) return;
  process.stderr.write('installing dependencies (first run only)…\n');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const args = ['ci', ...quiet, '--include=dev', '--include=optional'];
  const [command, ...first] = npmCommand();
  // What npm prints is for people; standard output belongs to the command that runs afterwards.
  const result = spawnSync(command, [...first, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.signal) process.kill(process.pid, result.signal);
  if (result.status === 0) return;
  const why = result.error ? result.error.message : `npm ended with ${result.status}`;
  fail(`the dependencies could not be installed: ${why}`, `cd ${root} && npm ci`);
}

function isInstalled() {
  // npm writes its own record last, so where it is missing an install was interrupted.
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false;
  const { packages } = readJson(join(root, 'package-lock.json'));
  return Object.entries(packages).every(([path, entry]) => {
    if (path === '') return true;
    const manifest = join(root, path, 'package.json');
    if (existsSync(manifest)) return readJson(manifest).version === entry.version;
    return entry.optional && path !== bundledNode();
  });
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** Folder of the Node 24 among the dependencies, relative to the clone. */
function bundledNode() {
  return `node_modules/node-${process.platform}-${process.arch}`;
}

function npmCommand() {
  const path = process.env.npm_execpath;
  if (path && /^np[mx]-cli\.[cm]?js$/.test(basename(path))) {
    return [process.execPath, join(path, '..', 'npm-cli.js')];
  }
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

/** Path of a Node that runs TypeScript: this one, else the one among the dependencies. */
export function findNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = oldestRunner;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) {
    return process.execPath;
  }
  const path = join(root, bundledNode(), 'bin/node');
  if (existsSync(path)) return executable(path);
  return fail(
    `Node ${process.versions.node} runs no TypeScript and no Node 24 comes along for ${process.platform}-${process.arch}`,
    `install Node ${oldestRunner.join('.')} or newer from https://nodejs.org`,
  );
}

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    // Some installers drop the bit; where it cannot be set, starting it says why.
    chmodSync(path, 0o755);
  }
  return path;
}

/**
 * Runs a program with this terminal and resolves with how it ended. Signals are passed on and never
 * end this process first, so that the program can clean up; the program also learns of this
 * process's own death, because the channel to it closes.
 */
export function runProgram(
  command,
  args,
  { channel = false, cwd = process.cwd(), env = process.env } = {},
) {
  const stdio = ['inherit', 'inherit', 'inherit', ...(channel ? ['ipc'] : [])];
  const child = spawn(command, args, { cwd, stdio, env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => child.kill(signal));
  }
  if (process.env.npm_command !== undefined) watchNpm(() => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

/** Calls back once npm, or the shell that it started us with, was killed and so could tell nothing. */
function watchNpm(onEnd) {
  const ancestors = () => `${process.ppid} ${parentOf(process.ppid)}`;
  const first = ancestors();
  const timer = setInterval(() => {
    if (ancestors() === first) return;
    clearInterval(timer);
    onEnd();
  }, 1_000).unref();
}

/** Process id of a process's parent; undefined where the system does not tell. */
function parentOf(pid) {
  const path = `/proc/${pid}/status`;
  return existsSync(path) ? /^PPid:\s*(\d+)/m.exec(readFileSync(path, 'utf8'))?.[1] : undefined;
}

/** Ends this process as the program ended: with its code, or by its signal. */
export function endLike({ code, signal }) {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

/** Writes one line that says what, why and how to mend it, and ends. */
function fail(what, mend) {
  process.stderr.write(`cutover: ${what}. Mend: ${mend}\n`);
  process.exit(1);
}
