/** Waits until nothing is under way: the log does not grow, all of it is counted, and every row is published. */

import { setTimeout as sleep } from 'node:timers/promises';

/** Where the pipeline stands. */
export interface Progress {
  /** Next offset of the input topic by partition. */
  readonly ends: readonly number[];
  /** Next offset that the state counts, by partition. */
  readonly nexts: readonly number[];
  /** Rows not confirmed as published. */
  readonly dirty: number;
}

const POLL_MS = 200;
const QUIET_MS = 1_000;

/**
 * Resolves true as soon as the pipeline is drained; false after `timeoutMs`, or at once where a generator still
 * produces and `whileProducing` is not asked for: waiting would not help then.
 */
export async function waitForDrain(
  look: () => Promise<Progress>,
  options: { timeoutMs: number; whileProducing: boolean; signal?: AbortSignal | undefined },
): Promise<boolean> {
  const startMs = performance.now();
  let previous = await look();
  let quietSinceMs = startMs;
  let grew = false;
  while (true) {
    if (isDrained(previous) && !grew) return true;
    const nowMs = performance.now();
    if (nowMs - startMs >= options.timeoutMs) return false;
    if (!options.whileProducing && grew && nowMs - startMs > QUIET_MS) return false;
    await sleep(POLL_MS, undefined, options.signal ? { signal: options.signal } : {});
    const current = await look();
    if (sum(current.ends) > sum(previous.ends)) quietSinceMs = performance.now();
    grew = quietSinceMs > startMs && performance.now() - quietSinceMs < QUIET_MS;
    previous = current;
  }
}

function isDrained({ ends, nexts, dirty }: Progress): boolean {
  return dirty === 0 && ends.every((end, partition) => (nexts[partition] ?? 0) >= end);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
