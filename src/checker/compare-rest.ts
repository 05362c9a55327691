/** Compares what a REST instance answered with the fold of the log (a part of I2). */

import type { RestHistory } from '../history/history.ts';
import { monthIndex } from './calendar.ts';
import type { Tally } from './tally.ts';
import type { ExpectedKey, ExpectedTotals } from './totals.ts';
import { keyColumns, totalsOf } from './totals.ts';
import type { Measure } from './workload.ts';
import { measuresOf, monthBaseCost } from './workload.ts';

type Row = Readonly<Record<string, number | null>>;

/** Adds a finding for each settled key that the answer lacks or shows otherwise, and for each field of another version. */
export function compareRest(
  expected: ExpectedTotals,
  seed: number,
  answer: RestHistory,
  tally: Tally,
): void {
  const { version, instance } = answer;
  if (answer.error !== undefined) {
    const what = `${instance} gave no summary: ${answer.error}`;
    tally.add({ kind: 'unavailable', what, version });
    return;
  }
  const measures = measuresOf(version);
  if (measures === undefined) throw new Error(`${instance} runs ${version}, which is unknown here`);
  for (const [key, expectedKey] of expected.keys) {
    if (expectedKey.settled) compareRow(key, expectedKey, measures, answer, tally);
  }
  for (const key of Object.keys(answer.rows)) {
    if (expected.keys.has(key)) continue;
    const what = `${instance} shows a month of which the log holds no record`;
    tally.add({ ...keyColumns(key), kind: 'mis-aggregated', what, version });
  }
  if (expected.drained) compareMonths(expected, seed, version === 'v3', answer, tally);
}

function compareRow(
  key: string,
  { fold, partition }: ExpectedKey,
  measures: readonly Measure[],
  { rows, instance, version }: RestHistory,
  tally: Tally,
): void {
  const at = { version, partition, ...keyColumns(key) };
  const row = rows[key];
  if (row === undefined) {
    tally.add({ ...at, kind: 'stale', what: `${instance} does not show the month` });
    return;
  }
  const shape = Object.keys(row).join(' ');
  if (shape !== measures.join(' ')) {
    const what = `${instance} answers in another version's shape`;
    const columns = { expected: measures.join(' '), found: shape };
    tally.add({ ...at, kind: 'mis-aggregated', what, ...columns });
    return;
  }
  const totals = totalsOf(fold);
  const isBehind = (row.manufactured_qty ?? 0) < fold[1];
  for (const measure of measures) {
    const [wanted, found] = [totals[measure], row[measure] ?? null];
    if (found === wanted) continue;
    const kind = isBehind || found === null ? 'stale' : 'mis-aggregated';
    tally.add({ ...at, kind, what: `${instance}: ${measure}`, expected: wanted, found });
    return;
  }
}

function compareMonths(
  { keys }: ExpectedTotals,
  seed: number,
  withCost: boolean,
  { months, instance, version }: RestHistory,
  tally: Tally,
): void {
  const baseCost = monthBaseCost(seed);
  for (const [month, total] of costByMonth(keys)) {
    const [year = 0, monthOfYear = 0] = month.split('-').map(Number);
    const wanted: Row = withCost
      ? { base_cost: baseCost(monthIndex(year, monthOfYear)), total_manufacturing_cost: total }
      : {};
    const found = months[month] ?? {};
    for (const name of new Set([...Object.keys(wanted), ...Object.keys(found)])) {
      if (found[name] === wanted[name]) continue;
      const at = { version, year, month: monthOfYear, what: `${instance}: ${name} of the month` };
      const columns = { expected: wanted[name] ?? null, found: found[name] ?? null };
      tally.add({ ...at, kind: 'mis-aggregated', ...columns });
    }
  }
}

/** Sum of a month's production_cost over all SKUs; null where one of them is. */
function costByMonth(keys: ExpectedTotals['keys']): Map<string, number | null> {
  const sums = new Map<string, number | null>();
  for (const [key, { fold }] of keys) {
    const month = key.slice(key.lastIndexOf('|') + 1);
    const cost = totalsOf(fold).production_cost;
    const before = sums.get(month);
    sums.set(month, cost === null || before === null ? null : (before ?? 0) + cost);
  }
  return sums;
}
