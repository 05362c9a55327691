/** Tells what happens to a running lab: lines for people, or one JSON object a line for scripts. */

import type { Lab, LabEvent } from '../../platform/platform.ts';
import type { Terminal } from '../terminal.ts';
import type { LabStatus } from './lab-status.ts';

/** Passes on what happens to a lab until it is closed. */
export interface EventWriter {
  /** Writes the first line of JSON output; events follow it. */
  ready(line: string): void;
  /** Takes a look at the pipeline in. */
  status(status: LabStatus): void;
  /** The event after which the lab works no more: a part gave up, or another process stopped it all. */
  end(): LabEvent | undefined;
  close(): void;
}

const statusIntervalMs = 1_000;

/**
 * Starts to pass on the events of a lab.
 * @param isVital whether the lab works no more once this instance or component has given up
 */
export function writeEventsTo(
  terminal: Terminal,
  lab: Lab,
  json: boolean,
  isVital: (subject: string) => boolean,
): EventWriter {
  let open = true;
  // The addresses come first; what happened before waits for them.
  const waiting: string[] = [];
  let isReady = false;
  let end: LabEvent | undefined;
  let statusMs = 0;
  const write = (event: string, fields: object) => {
    if (!open || !json) return;
    const line = JSON.stringify({ event, at: new Date().toISOString(), ...fields });
    if (isReady) terminal.result(line);
    else waiting.push(line);
  };
  lab.onEvent((event) => {
    const { kind, subject, detail } = event;
    if (kind === 'stopped' || (kind === 'gave-up' && isVital(subject))) end ??= event;
    write(kind, { subject, detail });
    if (open && !json && isWorthALine(event)) terminal.note(describeEvent(event));
  });
  return {
    ready: (line) => {
      terminal.result(line);
      for (const each of waiting) terminal.result(each);
      isReady = true;
    },
    status: ({ atMs, expected, produced, inRest, complete }) => {
      if (atMs - statusMs < statusIntervalMs) return;
      statusMs = atMs;
      write('status', { expected, produced, inRest, complete });
    },
    end: () => end,
    close: () => {
      open = false;
    },
  };
}

function isWorthALine(event: LabEvent): boolean {
  return event.kind !== 'started' && event.kind !== 'ready';
}

/** An event as a sentence, e.g. `back-end-0 gave up: exit code 1: no broker`. */
export function describeEvent({ kind, subject, detail }: LabEvent): string {
  return `${subject} ${kind.replace('-', ' ')}: ${detail}`;
}
