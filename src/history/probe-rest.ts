/** Asks the lab's entrance 100 times per second as readers do, in a thread of its own, and tells what they met. */

import { Worker } from 'node:worker_threads';
import type { ProbeSample } from './timeline.ts';

/** How to probe. */
export interface ProberOptions {
  /** Base URL that readers come in at. */
  readonly url: string;
  /** Number of SKUs of the run; each is asked for as soon as readers are told of it. */
  readonly skus: number;
  /** When the run began, ms since 1970, so that samples count from there; default now. */
  readonly startedAtMs?: number;
  /** Called each 250 ms. */
  readonly emit: (sample: ProbeSample) => void;
  /** Ends the prober as `stop` does. */
  readonly signal?: AbortSignal;
}

/** A prober at work. */
export interface Prober {
  /** Ends it after a last sample; rejects where the prober itself failed before. Idempotent. */
  stop(): Promise<void>;
}

/** What the prober's thread is given. */
export interface ProbeTask {
  readonly url: string;
  readonly skus: number;
  readonly startedAtMs: number;
}

/** Starts asking; a gap counts from the first good answer on, and what the prober itself did not run does not count. */
export function startProber(options: ProberOptions): Prober {
  const { url, skus, startedAtMs = Date.now(), emit, signal } = options;
  const task: ProbeTask = { url, skus, startedAtMs };
  const worker = new Worker(new URL('./probe/probe-thread.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 },
  });
  worker.on('message', emit);
  const ended = new Promise<void>((resolve, reject) => {
    worker.once('error', (cause) => reject(new Error('the prober failed', { cause })));
    worker.once('exit', () => resolve());
  });
  // Who stops the prober is told; until then nobody listens.
  ended.catch(() => undefined);
  function stop(): Promise<void> {
    worker.postMessage('stop');
    return ended;
  }
  const stopQuietly = (): void => void stop().catch(() => undefined);
  if (signal?.aborted) stopQuietly();
  else signal?.addEventListener('abort', stopQuietly, { once: true });
  return { stop };
}
