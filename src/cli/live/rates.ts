/** Rates and achieved shares of a live view, reckoned over its last seconds. */

import type { Sample } from '../../history/timeline.ts';
import type { LiveView } from './live-state.ts';

/** A number by application version. */
export type ByVersion = Readonly<Record<string, number>>;

/** Records per second by version; empty until there are two samples. */
export function ratesOf(view: LiveView, counter: 'produced' | 'counted'): ByVersion {
  const [first, last] = [view.samples[0], view.samples.at(-1)];
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return {};
  const seconds = (last.atMs - first.atMs) / 1000;
  return map(
    last[counter],
    (count, version) => (count - before(first, counter, version)) / seconds,
  );
}

/** Good answers per second by version, as readers met them. */
export function answersOf(view: LiveView): ByVersion {
  const sums: Record<string, number> = {};
  let ms = 0;
  for (const { forMs, versions } of view.probes) {
    ms += forMs;
    for (const [version, count] of Object.entries(versions)) {
      sums[version] = (sums[version] ?? 0) + count;
    }
  }
  return ms === 0 ? {} : map(sums, (count) => (1000 * count) / ms);
}

/** Requests per second, good or not; null before any. */
export function requestsPerSecond(view: LiveView): number | null {
  const ms = view.probes.reduce((sum, { forMs }) => sum + forMs, 0);
  const requests = view.probes.reduce((sum, probe) => sum + probe.requests, 0);
  return ms === 0 ? null : (1000 * requests) / ms;
}

/** How many records or answers the version of the step under way has handled since the step began; null where it is about no version. */
export function handledInStep({ step, samples, readers, atStep }: LiveView): number | null {
  if (step === null || step.version === null || step.service === null) return null;
  const { version, service } = step;
  if (service === 'stats') return (readers.answers[version] ?? 0) - (atStep.answers[version] ?? 0);
  const counter = service === 'generator' ? 'produced' : 'counted';
  const [now, then] = [samples.at(-1)?.[counter], atStep.sample?.[counter]];
  return (now?.[version] ?? 0) - (then?.[version] ?? 0);
}

/** Percent of the whole by version; empty where the whole is 0. */
export function sharesOf(rates: ByVersion): ByVersion {
  const whole = Object.values(rates).reduce((sum, rate) => sum + rate, 0);
  return whole <= 0 ? {} : map(rates, (rate) => (100 * rate) / whole);
}

function before(sample: Sample, counter: 'produced' | 'counted', version: string): number {
  return sample[counter][version] ?? 0;
}

function map(of: ByVersion, change: (value: number, version: string) => number): ByVersion {
  return Object.fromEntries(
    Object.entries(of).map(([version, value]) => [version, change(value, version)]),
  );
}
