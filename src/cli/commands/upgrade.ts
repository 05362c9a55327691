/** `cutover upgrade`: upgrades a running lab while data flow, and takes the upgrade back by itself where it must. */

import { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addOptions, readOptions } from '../option-schema.ts';
import type { UpgradeOptions } from '../upgrade/upgrade-options.ts';
import { findUpgradeProblems, upgradeOptions } from '../upgrade/upgrade-options.ts';

const examples = `
Examples, while npx cutover up runs in another terminal:
  $ npx cutover upgrade v2                           a canary of 25, 50 and 100 %, service after service
  $ npx cutover upgrade v3 --strategy blue-green
  $ npx cutover upgrade v3 --build crash             a defective build: is it noticed?
  $ npx cutover upgrade --take-back                  takes back one that was paused

Ctrl-C takes the upgrade back, in any step. Exit code: 0 promoted (or taken back as asked), 1 rolled back or refused,
2 paused because nothing could be decided, 130 interrupted and rolled back.`;

interface Flags {
  readonly takeBack?: boolean;
  readonly json?: boolean;
}

/** The command `upgrade`. */
export function upgradeCommand(context: CommandContext): Command {
  const command = new Command('upgrade')
    .description('Upgrades the running lab, with a live view and automatic roll-back.')
    .argument('[version]', 'version to upgrade to, e.g. v2')
    .option('--take-back', 'take the paused upgrade back')
    .option('--json', 'print the timeline and the end as JSON lines')
    .addHelpText('after', examples);
  addOptions(command, upgradeOptions, findUpgradeProblems);
  return command.action(async (version: string | undefined, typed: Flags) => {
    const { takeBack = false, json = false, ...rest } = typed;
    const options = readOptions(upgradeOptions, rest).values as UpgradeOptions;
    // Loaded only now, because drawing in place would delay every other command.
    const { runUpgrade } = await import('../upgrade/run-upgrade.ts');
    process.exitCode = await runUpgrade(context, takeBack ? undefined : version, options, { json });
  });
}
