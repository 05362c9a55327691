/** Starts one child process that writes to a log file and leads its own process group. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { ProcessFailure } from '../errors.ts';
import { ProcessError } from '../errors.ts';
import { endProcesses } from './end-processes.ts';
import type { ProcessIdentity } from './identity.ts';
import { identify } from './identity.ts';
import { sizeOf, tailOf } from './log-tail.ts';

/** What to run. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment: nothing else is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A started child process. */
export interface Child {
  readonly identity: ProcessIdentity;
  /** Where in the log file its output begins, in bytes. */
  readonly logStart: number;
  /** Resolves once when the process ended, for whatever reason. */
  readonly ended: Promise<ProcessFailure>;
  /** SIGTERM to the group, SIGKILL after the grace period; resolves when it ended. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts a process with its output appended to `logFile`; rejects with a {@link ProcessError} where the program cannot be run.
 * @param born called at once, before anything else can happen, so that the process cannot be lost
 */
export async function startChild(
  command: Command,
  logFile: string,
  born: (identity: ProcessIdentity) => void,
): Promise<Child> {
  mkdirSync(dirname(logFile), { recursive: true });
  const logStart = sizeOf(logFile);
  // Straight into the file: the output survives this process, and costs it nothing.
  const log = openSync(logFile, 'a');
  const child = spawn(command.program, command.args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: command.env,
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
  });
  closeSync(log);
  const pid = child.pid ?? 0;
  const identity = (pid === 0 ? undefined : identify(pid)) ?? { pid, startedAt: 'ended' };
  if (pid !== 0) born(identity);
  const text = commandText(command);
  const ended = new Promise<ProcessFailure>((resolve) => {
    child.once('exit', (exitCode, signal) => {
      resolve({ command: text, exitCode, signal, tail: tailOf(logFile, logStart) });
    });
  });
  await spawned(child, text);
  const stop = async (graceMs: number): Promise<void> => {
    await endProcesses([identity], graceMs);
    await ended;
  };
  return { identity, logStart, ended, stop };
}

/** Resolves with a child's failure to start, or when it runs. */
function spawned(child: ReturnType<typeof spawn>, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve());
    child.once('error', (cause) => {
      const failure = { command, exitCode: null, signal: null, tail: [] };
      reject(new ProcessError(`${command} cannot be run: ${cause.message}`, failure, { cause }));
    });
  });
}

/** How a process ended, in a few words. */
export function describeEnd(failure: ProcessFailure): string {
  return failure.signal === null ? `exit code ${failure.exitCode}` : `signal ${failure.signal}`;
}

function commandText({ program, args }: Command): string {
  const shown = args.length > 6 ? [...args.slice(0, 2), '…', ...args.slice(-2)] : args;
  return [
    basename(program),
    ...shown.map((arg) => (arg.length > 120 ? `${arg.slice(0, 40)}…` : arg)),
  ].join(' ');
}
