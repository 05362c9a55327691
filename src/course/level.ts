/** Whether green is level with blue: as far on every partition, and with equal totals wherever both counted the same records. */

import { setTimeout as sleep } from 'node:timers/promises';
import { openState, readProgress, readState } from '../history/read-state.ts';

/** Green cannot take over; the message says why. */
export class NotLevelError extends Error {
  override readonly name = 'NotLevelError';
}

/** Where two states are, and how far they are compared. */
export interface LevelQuestion {
  /** State DB, `host:port`. */
  readonly state: string;
  readonly blue: string;
  readonly green: string;
  readonly partitions: number;
  /** Rejects where waiting makes no sense any more. */
  readonly check: () => void;
}

const LIMIT_MS = 60_000;
const POLL_MS = 100;

/** Resolves with the number of rows compared; rejects with {@link NotLevelError}. */
export async function waitUntilLevel(question: LevelQuestion): Promise<number> {
  using blue = openState(question.state, question.blue);
  using green = openState(question.state, question.green);
  const endMs = performance.now() + LIMIT_MS;
  for (;;) {
    question.check();
    const { nexts } = await readProgress(blue, question.partitions);
    const now = await readProgress(green, question.partitions);
    if (nexts.every((next, partition) => (now.nexts[partition] ?? 0) >= next)) break;
    if (performance.now() > endMs) {
      throw new NotLevelError(
        `green is not level after ${LIMIT_MS / 1000} s: ${now.nexts} of ${nexts}`,
      );
    }
    await sleep(POLL_MS);
  }
  const before = await readState(blue, question.partitions);
  const after = await readState(green, question.partitions);
  let rows = 0;
  for (const { partition, totals } of before.partitions) {
    rows += compareRows(totals, after.partitions[partition]?.totals ?? {});
  }
  return rows;
}

/** Rows with as many records must have the same sums in the columns that both versions know. */
function compareRows(
  blue: Readonly<Record<string, string>>,
  green: Readonly<Record<string, string>>,
): number {
  let compared = 0;
  for (const [key, row] of Object.entries(blue)) {
    const [old, fresh] = [row.split(' '), (green[key] ?? '').split(' ')];
    if (old[0] !== fresh[0]) continue;
    compared++;
    // Further columns of an old row may be unknown in part; the audit judges those.
    if (old[1] !== fresh[1]) {
      throw new NotLevelError(`green counts ${fresh[1]} for ${key}, blue ${old[1]}`);
    }
  }
  return compared;
}
