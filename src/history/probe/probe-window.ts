/** Adds up what the prober met, a quarter of a second at a time. */

import type { ProbeSample } from '../timeline.ts';

/** A tick may come a little late at any time. */
const UNNOTICED_MS = 20;

/** What was met since the last sample; all times in ms since the run began. */
export class ProbeWindow {
  #fromMs: number;
  #lastGoodMs: number | undefined;
  /** How long the prober itself stood still since the last good answer. */
  #stoodStillMs = 0;
  #latencies: number[] = [];
  #versions: Record<string, number> = {};
  #errors = 0;
  #error: string | null = null;
  #oddities = 0;
  #firstOddity: string | null = null;
  #longestGapMs = 0;

  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  /** A good answer, and the version that it names. */
  good(atMs: number, latencyMs: number, version: string | null): void {
    this.#closeGap(atMs);
    this.#lastGoodMs = atMs;
    this.#latencies.push(latencyMs);
    if (version !== null) this.#versions[version] = (this.#versions[version] ?? 0) + 1;
  }

  /** No answer, or not a good one. */
  failed(error: string): void {
    this.#errors++;
    this.#error ??= error;
  }

  /** Something that no reader may see. */
  odd(what: string): void {
    this.#oddities++;
    this.#firstOddity ??= what;
  }

  /** Nobody asked for so long, because the prober itself did not run. */
  stoodStill(ms: number): void {
    if (ms > UNNOTICED_MS) this.#stoodStillMs += ms;
  }

  /** What was met up to now; then the next while begins. */
  sample(atMs: number): ProbeSample {
    const latencies = this.#latencies.sort((a, b) => a - b);
    const middle = latencies[Math.floor(latencies.length / 2)];
    const sample: ProbeSample = {
      ...{ atMs: Math.round(atMs), kind: 'probe', forMs: Math.round(atMs - this.#fromMs) },
      requests: latencies.length + this.#errors,
      errors: this.#errors,
      versions: this.#versions,
      slowestMs: tenths(latencies.at(-1)),
      medianMs: tenths(middle),
      longestGapMs: Math.round(this.#longestGapMs),
      error: this.#error,
      oddities: this.#oddities,
      firstOddity: this.#firstOddity,
    };
    this.#fromMs = atMs;
    this.#latencies = [];
    this.#versions = {};
    this.#errors = this.#oddities = this.#longestGapMs = 0;
    this.#error = this.#firstOddity = null;
    return sample;
  }

  /** The last sample: a gap that is still open ends with it. */
  last(atMs: number): ProbeSample {
    this.#closeGap(atMs);
    return this.sample(atMs);
  }

  #closeGap(atMs: number): void {
    if (this.#lastGoodMs === undefined) return;
    const gapMs = Math.max(0, atMs - this.#lastGoodMs - this.#stoodStillMs);
    this.#longestGapMs = Math.max(this.#longestGapMs, gapMs);
    this.#stoodStillMs = 0;
  }
}

function tenths(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms * 10) / 10;
}
