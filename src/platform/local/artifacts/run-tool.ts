/** Runs a package client (mvn, pip, tar) to its end and hands each line of its output to a listener. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { LocalError, ProcessError } from '../errors.ts';

/** A tool to run. */
export interface ToolRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line of standard output and error. */
  readonly onLine?: (line: string) => void;
  /** The sentence that says how to get the tool. */
  readonly mend: string;
  /** What it is needed for. */
  readonly purpose: string;
}

const tailLines = 20;

/** Resolves when the tool ended well; rejects with `TOOL_MISSING` where it is not there and with a {@link ProcessError} where it failed. */
export async function runTool(run: ToolRun): Promise<void> {
  const child = spawn(run.program, run.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...run.env },
  });
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      run.onLine?.(line);
      tail.push(withoutAddresses(line));
      if (tail.length > tailLines) tail.shift();
    });
  }
  const end = await new Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>(
    (resolve, reject) => {
      child.once('error', (cause) => reject(missing(run, cause)));
      child.once('close', (exitCode, signal) => resolve({ exitCode, signal }));
    },
  );
  if (end.exitCode === 0) return;
  const failure = { command: run.program, tail, ...end };
  throw new ProcessError(`${run.program} failed: ${reason(tail)}`, failure);
}

function missing(run: ToolRun, cause: Error): LocalError {
  return new LocalError('TOOL_MISSING', `${run.program} is missing; ${run.purpose}. ${run.mend}`, {
    cause,
  });
}

function reason(tail: readonly string[]): string {
  return tail.find((line) => line.includes('ERROR')) ?? tail.at(-1) ?? 'it said nothing';
}

/** A line without the addresses of package registries and proxies: they are the machine's own business. */
function withoutAddresses(line: string): string {
  return line.replaceAll(/https?:\/\/[^\s)"']+/g, '<address>');
}
