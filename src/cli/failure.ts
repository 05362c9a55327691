/** Says in one line why a command failed, and with which exit code that ends. */

import { RegistryError } from '../course/registry.ts';
import { ExperimentFileError } from '../experiment/experiment-file-error.ts';
import { KubernetesError } from '../platform/kubernetes/errors.ts';
import { LocalError, ProcessError } from '../platform/local/errors.ts';
import { ExpectedError } from './expected-error.ts';

/** Exit code of an error in the program itself (EX_SOFTWARE of sysexits.h). */
const internalExitCode = 70;

/** Exit code of input that cannot be used (EX_USAGE of sysexits.h). */
const usageExitCode = 64;

/** Lines for people and the exit code. */
export interface Failure {
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/** Describes anything thrown; with `debug` the stacks of the error and of its causes follow. */
export function describeFailure(error: unknown, debug: boolean): Failure {
  const expected = isExpected(error);
  const message = (error instanceof Error ? error.message : String(error)).trim();
  const firstLine = message.split('\n')[0] ?? '';
  const details = debug ? [formatStacks(error)] : [];
  const files = error instanceof AggregateError ? error.errors : [error];
  if (files.every((each) => each instanceof ExperimentFileError)) {
    const lines = files.flatMap((each) => each.message.trim().split('\n'));
    return { lines: [...lines, ...details], exitCode: usageExitCode };
  }
  if (expected) return { lines: [`cutover: ${message}`, ...details], exitCode: 1 };
  const hint = debug ? '' : ' (run it again with --debug for the stack)';
  return {
    lines: [`cutover: internal error: ${firstLine}${hint}`, ...details],
    exitCode: internalExitCode,
  };
}

function isExpected(error: unknown): boolean {
  return [ExpectedError, KubernetesError, LocalError, ProcessError, RegistryError].some(
    (type) => error instanceof type,
  );
}

function formatStacks(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by: ${formatStacks(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
