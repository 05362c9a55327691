/** A verdict as lines for people: a table of the invariants, the counts, then each finding with its place. */

import { styleText } from 'node:util';
import type { InvariantVerdict, VerdictWord } from '../../checker/invariant.ts';
import type { Verdict } from '../../checker/verdict.ts';
import type { Finding } from '../../history/history.ts';

const SHOWN_FINDINGS = 12;

const colours = {
  pass: 'green',
  fail: 'red',
  inconclusive: 'yellow',
  unknown: 'yellow',
} as const;

/** The lines; words are coloured where `colour` is set. */
export function describeVerdict(verdict: Verdict, colour: boolean): string[] {
  const paint = (word: VerdictWord, text: string): string =>
    colour ? styleText(['bold', colours[word]], text, { validateStream: false }) : text;
  const invariants = Object.values(verdict.invariants);
  return [
    '',
    ...invariants.map((each) => describeInvariant(each, paint)),
    '',
    `  ${paint(verdict.verdict, verdict.verdict.toUpperCase())}  ${describeCounts(verdict)}`,
    `  ${describeTotals(verdict)}`,
    ...verdict.errors.map(({ part, message }) => `  failed while ${part}: ${message}`),
    ...describeFindings(invariants),
    '',
  ];
}

function describeInvariant(
  { id, name, verdict, detail }: InvariantVerdict,
  paint: (word: VerdictWord, text: string) => string,
): string {
  return `  ${id}  ${name.padEnd(14)}${paint(verdict, verdict.padEnd(14))}${detail}`;
}

function describeCounts(verdict: Verdict): string {
  const { lost, duplicated, misAggregated, stale, undecodable, unavailable } = verdict;
  const counts = {
    lost,
    duplicated,
    'mis-aggregated': misAggregated,
    stale,
    undecodable,
    unavailable,
  };
  return Object.entries(counts)
    .map(([name, count]) => `${count.toLocaleString('en-US')} ${name}`)
    .join(', ');
}

function describeTotals({ records, keys, totals }: Verdict): string {
  const sums = Object.entries(totals)
    .filter(([, total]) => total !== null)
    .map(([name, total]) => `${name} ${total?.toLocaleString('en-US')}`);
  const counts = [
    `${records.toLocaleString('en-US')} records`,
    `${keys.toLocaleString('en-US')} months of SKUs`,
  ];
  return [...counts, ...sums].join(', ');
}

function describeFindings(invariants: readonly InvariantVerdict[]): string[] {
  const findings = invariants.flatMap(({ id, findings: own }) =>
    own.map((finding) => `  ${id}  ${describeFinding(finding)}`),
  );
  if (findings.length === 0) return [];
  const more = findings.length - SHOWN_FINDINGS;
  return [
    '',
    ...findings.slice(0, SHOWN_FINDINGS),
    ...(more > 0 ? [`  and ${more} more, see --json`] : []),
  ];
}

/** One finding: kind, what, the place, expected and found. */
function describeFinding(finding: Finding): string {
  const { kind, what, topic, partition, offset, schemaId, version, sku, year, month } = finding;
  const at = [topic, partition === null ? null : `partition ${partition}`]
    .filter(Boolean)
    .join(' ');
  const place = [
    at,
    offset === null ? '' : `offset ${offset}`,
    schemaId === null ? '' : `schema id ${schemaId}`,
    version ?? '',
    sku ?? '',
    year === null ? '' : `${year}-${String(month).padStart(2, '0')}`,
  ].filter((part) => part !== '');
  const { expected, found } = finding;
  const values =
    expected === null && found === null ? '' : `: expected ${expected}, found ${found}`;
  return `${kind.padEnd(15)} ${what}${values} (${place.join(', ')})`;
}
