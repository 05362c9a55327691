/** `cutover run`: runs experiments, each on a lab of its own, and writes a proof bundle of each. */

import { Command } from 'commander';
import Type from 'typebox';
import type { CommandContext } from '../command-context.ts';
import { interruptedExitCode } from '../interrupt.ts';
import { addOptions, readOptions } from '../option-schema.ts';
import { placeOptions } from '../place-options.ts';
import { runsFolder } from '../verify/judge-saved.ts';

const examples = `
Examples:
  $ npx cutover run experiments/01-the-safe-way.yaml
  $ npx cutover run experiments/*.yaml --as-expected    does each end as its file says?
  $ npx cutover run experiments/1*.yaml --one-lab       start components once; each has topics and state of its own
  $ npx cutover report latest                           what happened, in the browser

Exit code: 0 safe, 1 not safe, 2 inconclusive; of several experiments the worst. With --as-expected: 0 where each
answer is the one that its file expects, else 1.`;

const optionsSchema = Type.Object({
  ...placeOptions,
  runs: Type.String({
    flags: '--runs <folder>',
    description: 'folder that the runs are saved in',
    minLength: 1,
    expected: 'a folder',
    default: runsFolder,
  }),
});

interface Flags {
  readonly json?: boolean;
  readonly asExpected?: boolean;
  readonly oneLab?: boolean;
}

/** The command `run`. */
export function runCommand(context: CommandContext): Command {
  const command = new Command('run')
    .description('Runs experiments and writes a proof bundle of each.')
    .argument('<experiment...>', 'experiment files')
    .option('--as-expected', 'let the exit code tell whether each answer is the expected one')
    .option('--one-lab', 'run all on one lab, each with topics, groups and state of its own')
    .option('--json', 'print the timeline and each answer as JSON lines')
    .addHelpText('after', examples);
  addOptions(command, optionsSchema);
  return command.action(async (files: readonly string[], typed: Flags) => {
    const { values } = readOptions(optionsSchema, { ...typed });
    const options = { ...typed, ...values } as Flags & Type.Static<typeof optionsSchema>;
    // Loaded only now, because what it needs would delay every other command.
    const { runFiles } = await import('../run/run-files.ts');
    try {
      process.exitCode = await runFiles(context, files, options);
    } catch (error) {
      if (!context.interrupt.aborted) throw error;
      process.exitCode = interruptedExitCode;
    }
  });
}
