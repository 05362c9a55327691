/** Starts and ends the test cluster: `npm run cluster -- --help`. */
import { CommanderError } from 'commander';
import { watchForInterrupts } from '../../src/cli/interrupt.ts';
import { ProcessError } from '../../src/platform/local/errors.ts';
import { createProgram } from './command-line.ts';
import { ClusterError } from './errors.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 64;
const EXIT_INTERNAL = 70;

const print = (line: string) => process.stdout.write(`${line}\n`);
const note = (line: string) => process.stderr.write(`${line}\n`);

/** Says why it failed, and answers the exit code. */
function report(error: unknown, interrupt: AbortSignal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (interrupt.aborted) {
    note('cluster: interrupted');
    return EXIT_FAILED;
  }
  if (error instanceof ClusterError) {
    note(`cluster: ${error.message}`);
    return EXIT_FAILED;
  }
  if (error instanceof ProcessError) {
    note(`cluster: ${error.command} ended with ${error.exitCode ?? error.signal}`);
    for (const line of error.tail) note(`  ${line}`);
    return EXIT_FAILED;
  }
  note(`cluster: internal error: ${error instanceof Error ? error.stack : error}`);
  return EXIT_INTERNAL;
}

const interrupt = watchForInterrupts((code) => process.exit(code));
try {
  await createProgram({ print, note, interrupt }).parseAsync();
} catch (error) {
  process.exitCode = report(error, interrupt);
}
