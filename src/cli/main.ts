/** Starts the command line, and alone ends the process. */

import { runCommandLine } from './command-line.ts';
import { watchForInterrupts } from './interrupt.ts';

const interrupt = watchForInterrupts((code) => process.exit(code));
process.exit(await runCommandLine(process.argv.slice(2), { interrupt }));
