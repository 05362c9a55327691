/** Follows a running lab until a person ends it: a live line on a terminal, a line now and then elsewhere. */

import { sleep } from '../interrupt.ts';
import type { Terminal } from '../terminal.ts';
import type { EventWriter } from './events.ts';
import type { LabStatus } from './lab-status.ts';
import { readStatus } from './lab-status.ts';
import type { StartedLab } from './start-lab.ts';

const liveIntervalMs = 500;
const plainIntervalMs = 5_000;
const rateWindowMs = 3_000;

/** How following a lab ended. */
export type WatchEnd = 'interrupted' | 'complete' | 'ended';

/** What may be told while a lab runs. */
export interface WatchOptions {
  readonly interrupt: AbortSignal;
  /** Ends as soon as REST shows the whole history. */
  readonly untilComplete: boolean;
  readonly events: EventWriter;
}

/** Follows the lab until it is interrupted, complete, or works no more. */
export async function watchLab(
  { lab }: StartedLab,
  terminal: Terminal,
  options: WatchOptions,
): Promise<WatchEnd> {
  const intervalMs =
    terminal.isTerminal || options.untilComplete ? liveIntervalMs : plainIntervalMs;
  const looks: LabStatus[] = [];
  let saidComplete = false;
  let toldMs = 0;
  while (!options.interrupt.aborted) {
    const status = await readStatus(await lab.deployments(), lab.run.skus);
    if (options.interrupt.aborted) break;
    if (options.events.end() !== undefined) return 'ended';
    options.events.status(status);
    keepRecent(looks, status);
    const line = formatStatus(status, rateOf(looks));
    if (terminal.isTerminal) terminal.live(line);
    else if (status.atMs - toldMs >= plainIntervalMs && !saidComplete) {
      terminal.note(line);
      toldMs = status.atMs;
    }
    if (isComplete(status)) {
      if (options.untilComplete) return 'complete';
      if (!saidComplete) terminal.note('✔ the whole history is in REST; Ctrl-C stops the lab');
      saidComplete = true;
    }
    await sleep(intervalMs, options.interrupt);
  }
  return 'interrupted';
}

/** Whether every record of the history is counted in REST. */
function isComplete(status: LabStatus): boolean {
  return status.complete && status.inRest >= status.expected;
}

function keepRecent(looks: LabStatus[], status: LabStatus): void {
  looks.push(status);
  while (looks.length > 2 && status.atMs - (looks[0]?.atMs ?? 0) > rateWindowMs) looks.shift();
}

/** Records per second that came into REST over the last looks; undefined at the first. */
function rateOf(looks: readonly LabStatus[]): number | undefined {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined || first === last) return undefined;
  return (last.inRest - first.inRest) / ((last.atMs - first.atMs) / 1000);
}

/** One line for people. */
function formatStatus(status: LabStatus, recordsPerSecond: number | undefined): string {
  const percent = ((100 * status.inRest) / status.expected).toFixed(1);
  const lag = Math.max(0, status.produced - status.inRest);
  const parts = [
    `${formatCount(status.inRest)} of ${formatCount(status.expected)} records in REST (${percent} %)`,
    ...(recordsPerSecond === undefined ? [] : [`${formatCount(recordsPerSecond)} records/s`]),
    `lag ${formatCount(lag)} records`,
  ];
  return parts.join(' · ');
}

/** A number with separated thousands. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}
