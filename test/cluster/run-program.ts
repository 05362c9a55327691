/** Runs a program to its end and answers what it wrote. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { ProcessError } from '../../src/platform/local/errors.ts';

/** How to run a program. */
export interface RunOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Written to its standard input. */
  readonly input?: string;
  /** Path of a file that is its standard input. */
  readonly inputFile?: string;
  /** Ends the program when aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Lower than everything else's, for what may take minutes. */
  readonly lowPriority?: boolean;
}

const tailLines = 20;

/** Resolves with standard output where the program ended with 0; rejects with a {@link ProcessError} otherwise. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { cwd, env, input, inputFile, signal, lowPriority = false } = options;
  signal?.throwIfAborted();
  const [first, rest] = lowPriority ? ['nice', ['-n', '19', program, ...args]] : [program, args];
  const stdin = inputFile === undefined ? 'pipe' : openSync(inputFile, 'r');
  const child = spawn(first, rest, {
    cwd,
    env: { ...process.env, ...env },
    signal,
    stdio: [stdin, 'pipe', 'pipe'],
  });
  if (typeof stdin === 'number') closeSync(stdin);
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error(`${program}: its output cannot be read`);
  const ended = new Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>(
    (resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signal) => resolve({ exitCode, signal }));
    },
  );
  // Where the program ended before it read everything, its exit code says why.
  child.stdin?.on('error', () => undefined).end(input);
  const [end, out, err] = await Promise.all([ended, text(stdout), text(stderr)]);
  if (end.exitCode === 0) return out;
  const command = [program, ...args].join(' ');
  const tail = `${out}\n${err}`.trim().split('\n').slice(-tailLines);
  throw new ProcessError(`${command}: ${tail.at(-1) ?? 'failed'}`, { command, tail, ...end });
}
