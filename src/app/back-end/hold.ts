/** Holds a Back End still for a moment, so that another one can pass it before readers are given to that one. */

import { setTimeout as sleep } from 'node:timers/promises';

/** What holds still. */
export interface Held {
  /** Whether all that was taken is applied. */
  readonly isIdle: boolean;
}

/** Longer than a hand-over takes; who asked and went away must not stop the work. */
export const MOST_HOLD_MS = 10_000;
const POLL_MS = 5;
const IDLE_LIMIT_MS = 5_000;

/** A hold that ends by itself. */
export class Hold {
  #untilMs = 0;

  get isOn(): boolean {
    return performance.now() < this.#untilMs;
  }

  /** Holds from now on for so long, 0 to go on; resolves with whether nothing is under way any more. */
  async set(milliseconds: number, held: () => Iterable<Held>): Promise<boolean> {
    this.#untilMs = performance.now() + milliseconds;
    const endMs = performance.now() + IDLE_LIMIT_MS;
    while (this.isOn && performance.now() < endMs) {
      if ([...held()].every(({ isIdle }) => isIdle)) return true;
      await sleep(POLL_MS);
    }
    return false;
  }
}
