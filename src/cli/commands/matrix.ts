/** `cutover matrix`: every way to upgrade the application, predicted beside observed. */

import { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { interruptedExitCode } from '../interrupt.ts';
import type { MatrixOptions } from '../matrix/matrix-options.ts';
import { findMatrixProblems, matrixOptions } from '../matrix/matrix-options.ts';
import { addOptions, readOptions } from '../option-schema.ts';

const examples = `
Examples:
  $ npx cutover matrix --predict                                   all 504 cells, nothing is run
  $ npx cutover matrix --only pair=v1-v2,strategy=canary,mode=NONE+FULL
  $ npx cutover matrix --html matrix.html                          all 504; cells that come out identical are run once
  $ npx cutover matrix --resume runs/matrix-20260101T120000        goes on where one broke off

Exit code: 0 every observed cell is as predicted, 1 one is not, 2 one is inconclusive.`;

/** The command `matrix`. */
export function matrixCommand(context: CommandContext): Command {
  const command = new Command('matrix')
    .description('Runs every way to upgrade and shows predicted beside observed.')
    .option('--predict', 'only predict, run nothing')
    .option('--json', 'print the cells as one JSON object')
    .addHelpText('after', examples);
  addOptions(command, matrixOptions, findMatrixProblems);
  return command.action(async (typed: object) => {
    const { values } = readOptions(matrixOptions, { ...typed });
    // Loaded only now, because what it needs would delay every other command.
    const { runMatrix } = await import('../matrix/run-matrix.ts');
    try {
      process.exitCode = await runMatrix(context, values as MatrixOptions);
    } catch (error) {
      if (!context.interrupt.aborted) throw error;
      process.exitCode = interruptedExitCode;
    }
  });
}
