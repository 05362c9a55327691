/** `cutover down`: stops what a lab left behind, also one whose process was killed. */

import { Command } from 'commander';
import Type from 'typebox';
import type { CommandContext } from '../command-context.ts';
import { addOptions, readOptions } from '../option-schema.ts';
import type { Place } from '../place-options.ts';
import { placeOptions } from '../place-options.ts';

const examples = `
Examples:
  $ npx cutover down --name demo
  $ npx cutover down --platform kubernetes --context microk8s`;

const optionsSchema = Type.Object(placeOptions);

/** The command `down`. */
export function downCommand({ terminal, openPlatform }: CommandContext): Command {
  const command = new Command('down')
    .description('Stops what a lab of that name left behind, also a killed one.')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples);
  addOptions(command, optionsSchema);
  return command.action(async (typed: { readonly json?: boolean }) => {
    const values = readOptions(optionsSchema, typed).values as Place;
    const platform = await openPlatform(values);
    const ended = await platform.down(values.name);
    if (typed.json) return terminal.result(JSON.stringify({ name: values.name, ended }));
    const [what, plural] = values.platform === 'local' ? ['process', 'es'] : ['pod', 's'];
    terminal.result(
      ended === 0
        ? `nothing of a lab named ${values.name} was running`
        : `lab ${values.name}: ended ${ended} ${what}${ended === 1 ? '' : plural}`,
    );
  });
}
