/** A fresh clone of this repository, and commands run in it as a newcomer would run them. */

import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Both streams, for messages. */
  readonly output: string;
}

/** A command that runs. */
export interface Running {
  /** Standard output so far. */
  readonly out: () => string;
  readonly ended: Promise<Ended>;
  /** Ctrl-C: SIGINT to the whole process group, as a terminal does. */
  interrupt(): void;
}

/** A clone in a temporary folder. */
export interface FreshClone extends Disposable {
  readonly folder: string;
  /** Starts a command line; words are separated by spaces, nothing is interpreted. */
  start(commandLine: string): Running;
}

/** Clones the last commit; what the labs in it keep lies beside it, apart from other labs of this user. */
export function makeFreshClone(root: string): FreshClone {
  const parent = mkdtempSync(join(tmpdir(), 'cutover-clone-'));
  const folder = join(parent, 'cutover');
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, folder]);
  const running = new Set<ChildProcessWithoutNullStreams>();
  const env = { ...withoutNpm(process.env), CUTOVER_STATE: join(parent, 'state') };
  return {
    folder,
    start: (commandLine) => {
      const [program = '', ...args] = commandLine.split(/\s+/);
      const child = spawn(program, args, { cwd: folder, env, detached: true });
      running.add(child);
      child.once('close', () => running.delete(child));
      return follow(child);
    },
    [Symbol.dispose]: () => {
      for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
      rmSync(parent, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function follow(child: ChildProcessWithoutNullStreams): Running {
  let out = '';
  let output = '';
  child.stdin.end();
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, output }));
  });
  const interrupt = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
  };
  return { out: () => out, ended, interrupt };
}

/** The environment of a person's shell: without what `npm test` adds, such as our own Node on the path. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(npm_|NODE_|INIT_CWD$)/i.test(name));
  const path = (env.PATH ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules'));
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter) };
}
