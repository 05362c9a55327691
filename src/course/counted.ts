/** Waits until everything that was produced is counted. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Observer } from './observer.ts';

const LIMIT_MS = 60_000;
const LOOKS = 3;

/** Resolves after three looks in a row at a log that does not grow and of which all is counted. */
export async function untilCounted(observer: Observer, interrupt: AbortSignal): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  let [calm, seenMs, end] = [0, -1, -1];
  while (calm < LOOKS) {
    interrupt.throwIfAborted();
    if (performance.now() > endMs) throw new Error('what was produced is not counted after 60 s');
    const { latest } = observer;
    if (latest !== undefined && latest.atMs !== seenMs) {
      const logEnd = latest.partitions.reduce((sum, partition) => sum + partition.logEnd, 0);
      calm = logEnd === end && latest.lagRecords === 0 ? calm + 1 : 0;
      [seenMs, end] = [latest.atMs, logEnd];
    }
    await sleep(20);
  }
}
