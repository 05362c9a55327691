/** `cutover watch`: shows a running lab: versions, instances, partitions, shares and lag. */

import { Command } from 'commander';
import Type from 'typebox';
import type { CommandContext } from '../command-context.ts';
import { ExpectedError } from '../expected-error.ts';
import { addOptions, readOptions } from '../option-schema.ts';
import type { Place } from '../place-options.ts';
import { placeOptions } from '../place-options.ts';

const examples = `
Examples:
  $ npx cutover watch                         until Ctrl-C
  $ npx cutover watch --probe                 and what readers meet, asking 100 times a second
  $ npx cutover watch --once                  one look
  $ npx cutover watch --platform kubernetes --context microk8s`;

const optionsSchema = Type.Object(placeOptions);

interface Flags {
  readonly probe?: boolean;
  readonly once?: boolean;
  readonly json?: boolean;
}

/** The command `watch`. */
export function watchCommand(context: CommandContext): Command {
  const command = new Command('watch')
    .description('Shows a running lab: versions, instances, partitions, shares and lag.')
    .option('--probe', 'ask REST as readers do, 100 times a second')
    .option('--once', 'print one look and end')
    .option('--json', 'print each sample as one JSON line')
    .addHelpText('after', examples);
  addOptions(command, optionsSchema);
  return command.action(async (typed: Flags) => {
    const place = readOptions(optionsSchema, { ...typed }).values as Place;
    const platform = await context.openPlatform(place);
    const lab = await platform.find(place.name);
    if (lab === undefined) {
      const message = `no lab named ${place.name} is running. Mend: start one with npx cutover up --name ${place.name}`;
      throw new ExpectedError('NO_LAB', message);
    }
    // Loaded only now, because drawing in place would delay every other command.
    const { watchRunning } = await import('../live/watch-running.ts');
    const { json = false, probe = false, once = false } = typed;
    await watchRunning(context, platform, lab, { json, probe, once });
  });
}
