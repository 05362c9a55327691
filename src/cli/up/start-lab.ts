/** Brings a lab up to the first record in REST: components, compatibility modes, deployments. */

import { openRegistry } from '../../course/registry.ts';
import type { Deployment, Lab, LabSpec, Platform } from '../../platform/platform.ts';
import type { CommandContext } from '../command-context.ts';
import { ExpectedError } from '../expected-error.ts';
import { sleep } from '../interrupt.ts';
import type { Terminal } from '../terminal.ts';
import { describeDeployments } from './deployments.ts';
import type { EventWriter } from './events.ts';
import { describeEvent } from './events.ts';
import type { LabStatus } from './lab-status.ts';
import { readStatus } from './lab-status.ts';
import { createProgressView } from './progress-view.ts';
import type { UpOptions } from './up-options.ts';

const firstRecordTimeoutMs = 60_000;
const firstRecordPollMs = 50;
const settleTimeoutMs = 2_000;

/** A lab whose application runs. */
export interface StartedLab {
  readonly lab: Lab;
  /** As they were started. */
  readonly deployments: readonly Deployment[];
  /** When the generator was told to start, on the clock of `performance.now()`. */
  readonly producingSinceMs: number;
}

/** Brings the components up; an interrupt ends what was started so far and rejects. */
export async function bringUp(
  platform: Platform,
  spec: LabSpec,
  terminal: Terminal,
  interrupt: AbortSignal,
): Promise<Lab> {
  const view = createProgressView(terminal);
  const starting = platform.up(spec, (progress) => {
    if (!interrupt.aborted) view(progress);
  });
  const lab = await Promise.race([starting, whenAborted(interrupt)]);
  if (lab !== undefined) return lab;
  terminal.note('stopping…');
  await platform.down(spec.name);
  // What comes up in spite of that is taken down; that it fails is what was asked for.
  const settled = starting.then(
    (late) => late.down(),
    () => undefined,
  );
  await Promise.race([settled, sleep(settleTimeoutMs)]);
  throw interrupted();
}

/** Starts the three deployments and resolves when the first record is in REST. */
export async function startApplication(
  lab: Lab,
  options: UpOptions,
  rate: string,
  events: EventWriter,
  { terminal, interrupt }: CommandContext,
): Promise<StartedLab> {
  await openRegistry(lab.addresses.registry).setMode(options.compatibility);
  terminal.live(`… application ${options.app}: starting`);
  const producingSinceMs = performance.now();
  const specs = describeDeployments(options, lab.run, rate);
  const started = await Promise.race([
    Promise.all(specs.map((spec) => lab.deploy(spec))),
    whenAborted(interrupt),
  ]);
  if (started === undefined) throw interrupted();
  await waitForFirstRecord(started, lab.run.skus, events, interrupt);
  terminal.note(`✔ application ${options.app}: the first record is in REST`);
  return { lab, deployments: started, producingSinceMs };
}

async function waitForFirstRecord(
  deployments: readonly Deployment[],
  skus: number,
  events: EventWriter,
  interrupt: AbortSignal,
): Promise<void> {
  const endMs = performance.now() + firstRecordTimeoutMs;
  let status: LabStatus | undefined;
  while (performance.now() < endMs) {
    if (interrupt.aborted) throw interrupted();
    const end = events.end();
    if (end !== undefined) throw stalled(describeEvent(end));
    status = await readStatus(deployments, skus);
    if (status.inRest > 0) return;
    await sleep(firstRecordPollMs, interrupt);
  }
  const seen = `${status?.produced ?? 0} records produced, none in REST`;
  throw stalled(`nothing arrived within ${firstRecordTimeoutMs / 1000} s (${seen})`);
}

/** The failure of a lab whose records do not arrive. */
export function stalled(what: string): ExpectedError {
  const mend = 'Mend: look for a missing part with cutover doctor, then start again';
  return new ExpectedError('LAB_STALLED', `the lab does not work: ${what}. ${mend}`);
}

/** The failure of a command that a person ended before it was done. */
export function interrupted(): ExpectedError {
  return new ExpectedError('INTERRUPTED', 'interrupted');
}

/** Resolves with nothing when the signal is aborted. */
function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
