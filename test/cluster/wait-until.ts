/** Waits for a condition, with a limit. */
import { setTimeout as delay } from 'node:timers/promises';
import { ClusterError } from './errors.ts';

/** How to wait. */
export interface WaitOptions {
  /** What is waited for, as in «… is not there after 30 s». */
  readonly what: string;
  readonly limitMs: number;
  readonly pollMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resolves with the first answer of `look` that is not undefined. An error of `look` counts as «not yet» and is the
 * cause of the `NOT_READY` that follows where the time is over.
 */
export async function waitUntil<T>(
  { what, limitMs, pollMs = 100, signal }: WaitOptions,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + limitMs;
  let cause: unknown;
  while (true) {
    signal?.throwIfAborted();
    try {
      const answer = await look();
      if (answer !== undefined) return answer;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= deadline) break;
    await delay(pollMs);
  }
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  throw new ClusterError('NOT_READY', `${what} after ${limitMs / 1000} s${why}`, { cause });
}
