/** The course of `cutover up`, from the first download to the last process ended. */

import { nameFlag } from '../../control/refusals.ts';
import type { Lab } from '../../platform/platform.ts';
import type { CommandContext } from '../command-context.ts';
import { ExpectedError } from '../expected-error.ts';
import { interruptedExitCode } from '../interrupt.ts';
import type { EventWriter } from './events.ts';
import { describeEvent, writeEventsTo } from './events.ts';
import { keepRun } from './kept-run.ts';
import { LabUpgrades } from './lab-upgrades.ts';
import { describeReady } from './ready-line.ts';
import type { StartedLab } from './start-lab.ts';
import { bringUp, interrupted, stalled, startApplication } from './start-lab.ts';
import type { UpOptions } from './up-options.ts';
import { toLabSpec } from './up-options.ts';
import { watchLab } from './watch-lab.ts';

/** How `up` is to behave. */
export interface UpMode {
  readonly once: boolean;
  readonly json: boolean;
}

const watchableRate = '20000';

/** Runs the lab and resolves with the exit code when everything is stopped again. */
export async function runUp(
  context: CommandContext,
  options: UpOptions,
  mode: UpMode,
): Promise<number> {
  const { terminal, interrupt } = context;
  try {
    const platform = await context.openPlatform(options);
    const lab = await bringUp(platform, keepRun(toLabSpec(options)), terminal, interrupt);
    const control = new LabUpgrades(lab, options, terminal);
    const events = writeEventsTo(terminal, lab, mode.json, (subject) => control.isVital(subject));
    try {
      return await runLab(context, options, mode, lab, events, control);
    } finally {
      events.close();
      await control.close();
      terminal.live('stopping…');
      await lab.down();
      terminal.note('stopped');
    }
  } catch (error) {
    if (!isInterruption(error)) throw error;
    return interruptedExitCode;
  }
}

async function runLab(
  context: CommandContext,
  options: UpOptions,
  mode: UpMode,
  lab: Lab,
  events: EventWriter,
  control: LabUpgrades,
): Promise<number> {
  const { terminal, interrupt } = context;
  const rate = options.rate ?? (mode.once ? 'max' : watchableRate);
  const started = await startApplication(lab, options, rate, events, context);
  if (!mode.once) await control.open(started);
  if (mode.json) events.ready(JSON.stringify(describeReady(started, options, rate)));
  else for (const line of welcome(started, mode, control.next())) terminal.result(line);
  const end = await watchLab(started, terminal, { interrupt, untilComplete: mode.once, events });
  const event = events.end();
  if (event !== undefined && (mode.once || event.kind === 'gave-up')) {
    throw stalled(describeEvent(event));
  }
  if (end === 'complete') {
    // Loaded only now: the Kafka client that it needs would delay every start by half a second.
    const { concludeOnce } = await import('./once.ts');
    return concludeOnce(context, started, mode);
  }
  if (mode.once) throw interrupted();
  return 0;
}

/** What a person may do with the lab; `upgrade` is the version to go to, if any. */
function welcome(
  { lab }: StartedLab,
  { once }: UpMode,
  upgrade: string | undefined,
): readonly string[] {
  const { bootstrap, registry, valkey, rest } = lab.addresses;
  const name = nameFlag(lab.name);
  const next = once
    ? []
    : [
        `  check    npx cutover verify --live${name}    (in another terminal)`,
        ...(upgrade === undefined ? [] : [`  upgrade  npx cutover upgrade ${upgrade}${name}`]),
        '  stop     Ctrl-C',
      ];
  return [
    '',
    `  page     ${rest}`,
    `  REST     ${rest}/summary    ${rest}/openapi.json`,
    `  Kafka    ${bootstrap}`,
    `  registry ${registry}`,
    `  Valkey   ${[...new Set(valkey)].join(', ')}`,
    ...next,
    '',
  ];
}

function isInterruption(error: unknown): boolean {
  return error instanceof ExpectedError && error.code === 'INTERRUPTED';
}
