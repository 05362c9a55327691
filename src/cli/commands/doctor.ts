/** `cutover doctor`: checks every prerequisite and says how to mend what is missing. */

import { Command } from 'commander';
import Type from 'typebox';
import type { Prerequisite } from '../../platform/platform.ts';
import type { CommandContext } from '../command-context.ts';
import { externalOptions, readExternal } from '../external-components.ts';
import { addOptions, readOptions } from '../option-schema.ts';
import { placeOptions } from '../place-options.ts';

const examples = `
Examples:
  $ npx cutover doctor
  $ npx cutover doctor --platform kubernetes --context microk8s`;

const optionsSchema = Type.Object({ ...placeOptions, ...externalOptions });

/** The command `doctor`. */
export function doctorCommand({ terminal, openPlatform }: CommandContext): Command {
  const command = new Command('doctor')
    .description('Checks every prerequisite and says how to mend what is missing.')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples);
  addOptions(command, optionsSchema);
  return command.action(async (typed: { readonly json?: boolean }) => {
    const values = readOptions(optionsSchema, typed).values as Type.Static<typeof optionsSchema>;
    const platform = await openPlatform(values);
    const prerequisites = await platform.doctor({ external: readExternal(values) });
    const ok = prerequisites.every((each) => each.ok);
    if (typed.json) terminal.result(JSON.stringify({ ok, prerequisites }));
    else for (const line of formatTable(prerequisites)) terminal.result(line);
    process.exitCode = ok ? 0 : 1;
  });
}

function formatTable(prerequisites: readonly Prerequisite[]): readonly string[] {
  const width = Math.max(...prerequisites.map((each) => each.name.length));
  return prerequisites.flatMap(({ name, ok, detail, mend }) => [
    `${ok ? '✔' : '✖'} ${name.padEnd(width)}  ${detail}`,
    ...(mend === undefined ? [] : [`  ${' '.repeat(width)}  mend: ${mend}`]),
  ]);
}
