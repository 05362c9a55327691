/** The folder of a run, `runs/<yyyymmddThhmmss>-<name>/`: each part is saved as soon as it is known, the history before it is judged. */

import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonLinesWriter } from './json-lines.ts';
import { appendJsonLines } from './json-lines.ts';
import type { SavedRun } from './saved-run.ts';
import type { StateCall, TimelineEvent } from './timeline.ts';

/** Files of the parts. */
export const runFiles = {
  experiment: 'experiment.json',
  prediction: 'prediction.json',
  manifest: 'manifest.json',
  timeline: 'timeline.jsonl',
  stateCalls: 'state-calls.jsonl',
  history: 'history.json',
  verdict: 'verdict.json',
  junit: 'junit.xml',
  report: 'report.html',
} as const;

/** Parts that are written as a whole. */
export type WholePart = 'experiment' | 'prediction' | 'manifest' | 'history' | 'verdict';

/** A folder that a run is saved to. */
export interface RunFolder {
  readonly path: string;
  /** Saves a part; one that is there already is replaced as a whole or not at all. */
  write<Part extends WholePart>(part: Part, value: NonNullable<SavedRun[Part]>): Promise<void>;
  /** Adds one line to `timeline.jsonl`, on the disk within 250 ms. */
  event(event: TimelineEvent): void;
  /** Adds one line to `state-calls.jsonl`, on the disk within 250 ms. */
  stateCall(call: StateCall): void;
  /** Writes what waits; whole parts can still be written afterwards. */
  close(): void;
}

/** Makes the folder of a run below `root`; where two start in the same second the later one gets a number. */
export async function createRunFolder(root: string, name: string, date: Date): Promise<RunFolder> {
  await mkdir(root, { recursive: true });
  const stamp = date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  const path = await makeNew(join(root, `${stamp}-${name}`));
  const timeline = appendJsonLines<TimelineEvent>(join(path, runFiles.timeline));
  const stateCalls = appendJsonLines<StateCall>(join(path, runFiles.stateCalls));
  return {
    path,
    write: (part, value) => writeWhole(join(path, runFiles[part]), `${JSON.stringify(value)}\n`),
    event: (event) => timeline.append(event),
    stateCall: (call) => stateCalls.append(call),
    close: () => closeAll(timeline, stateCalls),
  };
}

/** Writes a file as a whole or not at all. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.part`;
  await writeFile(draft, text);
  await rename(draft, path);
}

async function makeNew(path: string): Promise<string> {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? path : `${path}-${number}`;
    try {
      await mkdir(candidate);
      return candidate;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function closeAll(...writers: readonly JsonLinesWriter<never>[]): void {
  const failures: unknown[] = [];
  for (const writer of writers) {
    try {
      writer.close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
