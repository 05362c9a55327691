/** The share of records or requests that a version really handled between two moments. */

import type { Role } from '../platform/platform.ts';
import type { Observer } from './observer.ts';

type Counts = Readonly<Record<string, number>>;

/** What was handled so far, by version, of a service. */
export function handledBy(observer: Observer, service: Role): Counts {
  if (service === 'stats') return { ...observer.answers };
  const { latest } = observer;
  return (service === 'back-end' ? latest?.counted : latest?.produced) ?? {};
}

/** Percent of what was handled since `before` that this version handled; null where nothing was. */
export function achieved(before: Counts, after: Counts, version: string): number | null {
  const since = (each: string) => Math.max(0, (after[each] ?? 0) - (before[each] ?? 0));
  const all = Object.keys(after).reduce((sum, each) => sum + since(each), 0);
  return all === 0 ? null : Math.round((1000 * since(version)) / all) / 10;
}
