/** Starts the contenders' processes, reads the JSON lines they print, and ends them with the bench. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProcessError } from '../../src/platform/local/index.ts';
import type { Child, Command } from '../../src/platform/local/process/child.ts';
import { startChild } from '../../src/platform/local/process/child.ts';
import { startGuard } from '../../src/platform/local/process/start-guard.ts';

/** One line of a contender's output. */
interface LogLine {
  readonly event?: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly [field: string]: unknown;
}

/** A running contender. */
export interface RunningChild {
  readonly pid: number;
  /** The lines printed so far that are JSON. */
  lines(): LogLine[];
  /** Resolves with the exit code when the process ended. */
  readonly ended: Promise<number | null>;
  /** Throws a {@link ProcessError} where the process ended. */
  ensureAlive(): void;
  stop(): Promise<void>;
}

/** Starts processes; none outlives the bench, however it ends. */
export interface Children {
  start(name: string, command: Command): Promise<RunningChild>;
  close(): Promise<void>;
}

const GRACE_MS = 15_000;

/** Opens a starter whose processes write their output into `folder`, which goes with a bench that is killed. */
export function openChildren(folder: string): Children {
  const guard = startGuard();
  guard.tell({ kind: 'remove', path: folder });
  return {
    async start(name, command) {
      const logFile = join(folder, `${name}.log`);
      const child = await startChild(command, logFile, (identity) =>
        guard.tell({ kind: 'watch', process: identity }),
      );
      return follow(name, child, logFile, () =>
        guard.tell({ kind: 'forget', pid: child.identity.pid }),
      );
    },
    close: () => guard.dismiss(),
  };
}

function follow(name: string, child: Child, logFile: string, gone: () => void): RunningChild {
  let over: ProcessError | undefined;
  void child.ended.then((failure) => {
    over = new ProcessError(`${name} ended: ${failure.tail.slice(-3).join(' ')}`, failure);
  });
  return {
    pid: child.identity.pid,
    ended: child.ended.then(({ exitCode }) => exitCode),
    lines: () => readFileSync(logFile, 'utf8').split('\n').flatMap(parseLine),
    ensureAlive() {
      if (over) throw over;
    },
    async stop() {
      await child.stop(GRACE_MS);
      gone();
    },
  };
}

function parseLine(line: string): LogLine[] {
  if (!line.startsWith('{') || !line.endsWith('}')) return [];
  return [JSON.parse(line) as LogLine];
}
