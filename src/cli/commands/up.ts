/** `cutover up`: starts the lab, streams, tells the page's address, and stops it all on Ctrl-C. */

import { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addOptions, readOptions } from '../option-schema.ts';
import { runUp } from '../up/run-up.ts';
import type { UpOptions } from '../up/up-options.ts';
import { upOptions } from '../up/up-options.ts';

const examples = `
Examples:
  $ npx cutover up                                 watch 24 years of factory hours arrive
  $ npx cutover up --once                          load them all, check every total, and end
  $ npx cutover up --app v3 --brokers 3 --rate max
  $ npx cutover up --platform kubernetes --context microk8s --brokers 3
  $ npx cutover up --bootstrap kafka.example:9092 --registry http://registry.example:8081

Ctrl-C stops everything that was started.`;

/** The command `up`. */
export function upCommand(context: CommandContext): Command {
  const command = new Command('up')
    .description('Starts the lab and streams until Ctrl-C; prints the address of the page.')
    .option('--once', 'load the whole history, check it, print the totals and end')
    .option('--json', 'print the addresses and then each event as a line of JSON')
    .addHelpText('after', examples);
  addOptions(command, upOptions);
  return command.action(async (typed: { readonly once?: boolean; readonly json?: boolean }) => {
    const { once = false, json = false, ...rest } = typed;
    const options = readOptions(upOptions, rest).values as UpOptions;
    process.exitCode = await runUp(context, options, { once, json });
  });
}
