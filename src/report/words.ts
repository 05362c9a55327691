/** Verdicts, outcomes, places and numbers in words for people. */

import type { Outcome, RolloutVerdict } from '../experiment/experiment.ts';
import type { Finding, FindingKind } from '../history/history.ts';

/** How a verdict is to be taken: its colour and its mark. */
export type Tone = 'good' | 'bad' | 'stopped' | 'open';

/** Marks, so that no verdict is told by colour alone. */
export const marks: Readonly<Record<Tone, string>> = {
  ...{ good: '✔', bad: '✖', stopped: '■', open: '?' },
};

/** A verdict in words. */
export const verdictWords: Readonly<Record<RolloutVerdict, { text: string; tone: Tone }>> = {
  safe: { text: 'Safe', tone: 'good' },
  unsafe: { text: 'Unsafe', tone: 'bad' },
  'accepted-but-unsafe': { text: 'Accepted by the registry, but unsafe', tone: 'bad' },
  rejected: { text: 'Rejected by the registry', tone: 'stopped' },
  'rejected-but-safe': { text: 'Rejected by the registry, though safe', tone: 'stopped' },
  inconclusive: { text: 'Inconclusive', tone: 'open' },
};

/** An outcome in words. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  promoted: 'promoted',
  'rolled-back': 'rolled back',
  refused: 'refused before anything changed',
  paused: 'paused',
};

/** What a kind of finding means. */
export const kindWords: Readonly<Record<FindingKind, string>> = {
  lost: 'Lost',
  duplicated: 'Counted twice',
  'mis-aggregated': 'Wrong total',
  stale: 'Out of date',
  undecodable: 'Not readable',
  unavailable: 'Not available',
};

/** A number with separated thousands. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** A value as it was found: null is what the system calls unknown. */
function inWords(value: string | number | null): string {
  if (value === null) return 'unknown (null)';
  return typeof value === 'number' ? grouped(value) : value;
}

/** E.g. `12.0 s`, `3 min 20 s`. */
export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** E.g. `24 November 2026, 01:02 UTC`. */
export function moment(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const options = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const;
  return `${new Intl.DateTimeFormat('en-GB', options).format(date).replace(' at ', ', ')} UTC`;
}

const months = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' });

/** Where a finding was seen first, as names and values. */
export function placeOf(finding: Finding): readonly (readonly [name: string, value: string])[] {
  const { topic, partition, offset, schemaId, version, sku, year, month } = finding;
  const monthName = month === null ? '' : `${months.format(Date.UTC(2000, month - 1))} `;
  const known: readonly (readonly [string, string | null])[] = [
    ['topic', topic],
    ['partition', partition === null ? null : String(partition)],
    ['offset', offset === null ? null : grouped(offset)],
    ['schema id', schemaId === null ? null : String(schemaId)],
    ['written by', version],
    ['SKU', sku],
    ['month', year === null ? null : `${monthName}${year}`],
  ];
  return known.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
}

/** A finding in one sentence, with the place in brackets. */
export function findingSentence(finding: Finding): string {
  const values = valuesOf(finding).map(([name, value]) => `${name} ${value}`);
  const place = placeOf(finding).map(([name, value]) => `${name} ${value}`);
  const compared = values.length === 0 ? '' : `: ${values.join(', ')}`;
  return `${finding.what}${compared}${place.length === 0 ? '' : ` (${place.join(', ')})`}`;
}

/** What was expected and found; of a total null is a value, elsewhere it has no meaning. */
export function valuesOf({ kind, expected, found }: Finding) {
  if (expected === null && found === null) return [];
  const isTotal = kind === 'mis-aggregated' || kind === 'stale';
  const both = [['expected', expected] as const, ['found', found] as const];
  return both
    .filter(([, value]) => isTotal || value !== null)
    .map(([name, value]) => [name, inWords(value)] as const);
}

/** E.g. `1 record`, `3 records`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
