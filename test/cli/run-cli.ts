/** Runs a command line in this process against a fake platform and keeps what it wrote. */

import { runCommandLine } from '../../src/cli/command-line.ts';
import { createTerminal } from '../../src/cli/terminal.ts';
import type { FakePlatform } from '../../src/platform/fake/fake-platform.ts';
import { createFakePlatform } from '../../src/platform/fake/fake-platform.ts';

/** What a command did. */
export interface CliRun {
  readonly exitCode: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** How to run it. */
export interface CliOptions {
  readonly platform?: FakePlatform;
  /** Called at each line on standard output. */
  readonly onLine?: (line: string, interrupt: () => void) => void;
  readonly interrupt?: AbortController;
}

/** Runs the arguments and resolves with the exit code and the lines of both streams. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const { platform = createFakePlatform(), interrupt = new AbortController() } = options;
  const out: string[] = [];
  const err: string[] = [];
  const into = (lines: string[], onLine?: (line: string) => void) => ({
    write: (text: string) => {
      for (const line of text.replace(/\n$/, '').split('\n')) {
        lines.push(line);
        onLine?.(line);
      }
    },
  });
  const stop = () => interrupt.abort();
  const streams = [into(out, (line) => options.onLine?.(line, stop)), into(err)] as const;
  const exitCode = await runCommandLine(args, {
    terminal: createTerminal(...streams),
    interrupt: interrupt.signal,
    openPlatform: async () => platform,
  });
  // The exit code of the command under test is not that of the test.
  process.exitCode = 0;
  return { exitCode, out, err };
}
