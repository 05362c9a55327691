/** Paces production to a rate in records per second. */
import { setTimeout as sleep } from 'node:timers/promises';

const LARGEST_BATCH_RECORDS = 4_000;
/** What is due within this time goes out together: brokers and readers have work for each batch, whatever is in it. */
const TICK_MS = 200;
/** How soon it is noticed that there is a share again. */
const IDLE_MS = 50;
/** After a pause no more than this is made up for, so that a generator that stood still does not flood. */
const LONGEST_ARREARS_MS = 1_000;

/** Answers, as soon as there are any, how many records may be produced now. */
export type Pace = () => Promise<number>;

/** What tells the time and waits. */
export interface Clock {
  nowMs(): number;
  sleep(ms: number): Promise<unknown>;
}

const systemClock: Clock = { nowMs: () => Date.now(), sleep: (ms) => sleep(ms) };

/**
 * A pace for a rate; `max` never waits.
 * @param share of the rate that is to be kept to, 0 … 1, asked again and again; at 0 nothing may be produced
 */
export function createPace(
  rateOfAll: number | 'max',
  share: () => number = () => 1,
  clock: Clock = systemClock,
): Pace {
  if (rateOfAll === 'max') return async () => LARGEST_BATCH_RECORDS;
  let paidUntilMs = clock.nowMs();
  return async () => {
    const rate = rateOfAll * share();
    if (rate <= 0) {
      await clock.sleep(IDLE_MS);
      paidUntilMs = clock.nowMs();
      return 0;
    }
    const needMs = Math.max(TICK_MS, 1_000 / rate);
    const waitMs = paidUntilMs + needMs - clock.nowMs();
    if (waitMs > 0) await clock.sleep(waitMs);
    const nowMs = clock.nowMs();
    paidUntilMs = Math.max(paidUntilMs, nowMs - LONGEST_ARREARS_MS);
    const due = Math.floor(((nowMs - paidUntilMs) * rate) / 1_000);
    const count = Math.min(Math.max(1, due), LARGEST_BATCH_RECORDS);
    paidUntilMs += (count * 1_000) / rate;
    return count;
  };
}
