/** `cutover down`: stops what a lab left behind, also one whose process was killed. */

import { Command } from 'commander';
import Type from 'typebox';
import type { CommandContext } from '../command-context.ts';
import { labNameOption, platformOption } from '../common-options.ts';
import { addOptions, readOptions } from '../option-schema.ts';

const optionsSchema = Type.Object({ name: labNameOption, platform: platformOption });

/** The command `down`. */
export function downCommand({ terminal, openPlatform }: CommandContext): Command {
  const command = new Command('down')
    .description('Stops what a lab of that name left behind, also a killed one.')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  $ npx cutover down --name demo');
  addOptions(command, optionsSchema);
  return command.action(async (typed: { readonly json?: boolean }) => {
    const values = readOptions(optionsSchema, typed).values as Type.Static<typeof optionsSchema>;
    const platform = await openPlatform(values.platform);
    const ended = await platform.down(values.name);
    if (typed.json) return terminal.result(JSON.stringify({ name: values.name, ended }));
    terminal.result(
      ended === 0
        ? `nothing of a lab named ${values.name} was running`
        : `lab ${values.name}: ended ${ended} ${ended === 1 ? 'process' : 'processes'}`,
    );
  });
}
