/** `cutover plan`: says before anything runs which ways to upgrade are safe, for the application and for anyone's schemas. */

import { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addOptions, readOptions } from '../option-schema.ts';
import { findPlanProblems, planOptions } from '../plan/plan-options.ts';

const examples = `
Examples:
  $ npx cutover plan --from v1 --to v2                      every way, and a counterexample of each unsafe one
  $ npx cutover plan --from v1 --to v2 --strategy canary --order consumers-first
  $ npx cutover plan --from v2 --to v3 --style tightened --compatibility BACKWARD_TRANSITIVE
  $ npx cutover plan experiments/07-the-default-that-lies.yaml
  $ npx cutover plan --subject orders-value --from old.avsc --to new.avsc
  $ npx cutover plan --subject orders-value --registry http://127.0.0.1:8081 --to new.avsc --order consumers-first

Exit code: 0 safe (or there is a safe way), 1 not safe, 2 inconclusive, 64 wrong usage.`;

/** The command `plan`. */
export function planCommand(context: CommandContext): Command {
  const command = new Command('plan')
    .description('Says which ways to upgrade are safe, without running anything.')
    .argument('[experiment]', 'an experiment file')
    .addHelpText('after', examples);
  addOptions(command, planOptions, ([file], typed) => findPlanProblems(file, typed));
  command.option('--json', 'print the plan as JSON');
  return command.action(async (file: string | undefined, typed: object) => {
    // Loaded only now, because the versions and schema languages that it needs would delay every other command.
    const { runPlan } = await import('../plan/run-plan.ts');
    const { values } = readOptions(planOptions, { ...typed });
    process.exitCode = await runPlan(context.terminal, file, values);
  });
}
