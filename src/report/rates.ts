/** Rates and shares over time, from counters that only grow or from counts of short whiles. */

import type { Sample } from '../history/timeline.ts';

/** Numbers by version. */
export type Counts = Readonly<Record<string, number>>;

/** Events this long back are taken together, ms. */
const WINDOW_MS = 1_500;

/** Per second at each sample, by version, over the 1.5 s before it. */
export function rates(
  samples: readonly Sample[],
  read: (sample: Sample) => Counts,
): readonly Counts[] {
  return samples.map((sample, at) => {
    const earlier = samples.slice(0, at).findLast(({ atMs }) => atMs <= sample.atMs - WINDOW_MS);
    const before = earlier ?? samples[0];
    if (before === undefined || before === sample) return {};
    const seconds = (sample.atMs - before.atMs) / 1000;
    const start = read(before);
    return mapCounts(read(sample), (count, version) => (count - (start[version] ?? 0)) / seconds);
  });
}

/** Sums at each event, by version, over the 1.5 s before it. */
export function windowed<Event extends { readonly atMs: number }>(
  events: readonly Event[],
  read: (event: Event) => Counts,
): readonly Counts[] {
  return events.map(({ atMs }, at) => {
    const sums: Record<string, number> = {};
    for (let index = at; index >= 0; index--) {
      const event = events[index];
      if (event === undefined || event.atMs <= atMs - WINDOW_MS) break;
      for (const [version, count] of Object.entries(read(event))) {
        sums[version] = (sums[version] ?? 0) + count;
      }
    }
    return sums;
  });
}

/** Percent of the whole that a version has; null where the whole is 0. */
export function shareOf(counts: Counts, version: string): number | null {
  const whole = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return whole <= 0 ? null : (100 * (counts[version] ?? 0)) / whole;
}

function mapCounts(counts: Counts, change: (count: number, version: string) => number): Counts {
  return Object.fromEntries(
    Object.entries(counts).map(([version, count]) => [version, change(count, version)]),
  );
}
