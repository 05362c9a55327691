/** Waits until readers are served. */

import { setTimeout as sleep } from 'node:timers/promises';
import { UndecidedError } from './bake.ts';

const LIMIT_MS = 30_000;
const ANSWER_MS = 2_000;
const POLL_MS = 20;

/** Resolves once REST answers at `url`: a Gateway may hear of a new instance a moment after the lab does. Rejects with an {@link UndecidedError} after 30 s, and when interrupted. */
export async function untilAnswered(url: string, interrupt: AbortSignal): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  while (!(await answers(url))) {
    interrupt.throwIfAborted();
    if (performance.now() > endMs)
      throw new UndecidedError(`${url} does not answer readers after 30 s`);
    await sleep(POLL_MS);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/status`, { signal: AbortSignal.timeout(ANSWER_MS) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
