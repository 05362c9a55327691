/**
 * A node's namespaces (processes, mounts, network, host name, IPC) and programs inside them. All of them end with their
 * first process, and with them every process, mount and interface that they hold: that is how a cluster leaves no trace.
 */
import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { RunOptions } from '../run-program.ts';
import { runProgram } from '../run-program.ts';
import { waitUntil } from '../wait-until.ts';

/** Namespaces that are held open. */
export interface Namespaces {
  /** First process inside, by its id outside. */
  readonly pid: number;
}

const entered = ['--mount', '--net', '--pid', '--uts', '--ipc'];

/** Opens namespaces, held by the program `holder` until that is killed; `env` marks it. */
export async function openNamespaces(
  holder: string,
  env: Readonly<Record<string, string>>,
): Promise<Namespaces> {
  const args = [...entered, '--fork', '--mount-proc', '--kill-child', '--', holder];
  const parent = spawn('unshare', args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  const failed = reasonToEnd(parent);
  failed.catch(() => undefined);
  const what = 'the namespaces are not open';
  const opened = waitUntil({ what, limitMs: 10_000, pollMs: 10 }, () =>
    holderOf(parent.pid, holder),
  );
  const pid = await Promise.race([opened, failed]);
  parent.stderr.destroy();
  parent.unref();
  return { pid };
}

/** Rejects once `unshare` has ended, with what it said: it goes on for as long as the namespaces are open. */
async function reasonToEnd(parent: ChildProcessByStdio<null, null, Readable>): Promise<never> {
  const said = text(parent.stderr).catch(() => '');
  const [code] = (await once(parent, 'exit')) as [number | null];
  throw new Error(`no namespaces: ${(await said).trim() || `unshare ended with ${code}`}`);
}

/** The child of `unshare` once it runs the holder: only then everything is set up. */
function holderOf(parent: number | undefined, holder: string): number | undefined {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => parentOf(pid) === parent && readlinkSync(`/proc/${pid}/exe`) === holder);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    // Ended meanwhile.
    return undefined;
  }
}

/** Runs a program inside to its end and answers its output. */
export function runInside(
  { pid }: Namespaces,
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  return runProgram('nsenter', enter(pid, program, args), options);
}

/** A program that goes on inside. */
export interface Daemon {
  readonly program: string;
  readonly args: readonly string[];
  /** Gets standard output and error. */
  readonly logFile: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A program of one node, under a name that its log file has too. */
export type MakeDaemon = (name: string, program: string, args: readonly string[]) => Daemon;

/** Starts a program that goes on inside, as a child of the holder; it outlives this process. */
export async function startInside({ pid }: Namespaces, daemon: Daemon): Promise<void> {
  const { program, args, logFile, env } = daemon;
  const log = openSync(logFile, 'a');
  // Forked once more, so that no process outside stays behind as its parent.
  const child = spawn('nsenter', enter(pid, 'setsid', ['--fork', program, ...args]), {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...env },
  });
  closeSync(log);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${program} could not be started: see ${logFile}`);
}

function enter(pid: number, program: string, args: readonly string[]): readonly string[] {
  return ['--target', String(pid), ...entered, '--', program, ...args];
}
