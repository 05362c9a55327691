/** Compares one (SKU, month) of the independent fold with what a DB, a topic or an answer says of it. */

import type { KeyFold } from '../history/history.ts';
import type { PartialFinding, Tally } from './tally.ts';
import type { Measure } from './workload.ts';

/** A month's totals by measure; null where not every record knew the field. */
export type Totals = Readonly<Record<Measure, number | null>>;

/** One (SKU, month) of the whole log. */
export interface ExpectedKey {
  readonly fold: KeyFold;
  readonly partition: number;
  /** Its last record is counted and published: state, row and answers must all show it. */
  readonly settled: boolean;
}

/** The keys of the log, and whether nothing is under way any more. */
export interface ExpectedTotals {
  readonly keys: ReadonlyMap<string, ExpectedKey>;
  readonly drained: boolean;
}

/** Names of the integers of a state row, in the order in which they are stored. */
export const STATE_COLUMNS = [
  'records',
  'manufactured_qty',
  'defect_qty',
  'defect_qty known',
  'production_cost',
  'production_cost known',
] as const;

/** The totals that a reader may be shown of a fold. */
export function totalsOf(fold: KeyFold): Totals {
  const [records, manufactured, defect, defectKnown, cost, costKnown] = fold;
  return {
    manufactured_qty: manufactured,
    defect_qty: defectKnown === records ? defect : null,
    production_cost: costKnown === records ? cost : null,
  };
}

/** `<sku>|<yyyy-mm>` as the columns of a finding. */
export function keyColumns(key: string): { sku: string; year: number; month: number } {
  const at = key.lastIndexOf('|');
  const [year, month] = key.slice(at + 1).split('-');
  return { sku: key.slice(0, at), year: Number(year), month: Number(month) };
}

/** Adds a finding where a row's number of records differs from the fold's: lost or duplicated, by how many. */
export function compareRecords(
  at: Omit<PartialFinding, 'kind'>,
  expected: number,
  found: number,
  tally: Tally,
): boolean {
  if (found === expected) return true;
  const kind = found < expected ? 'lost' : 'duplicated';
  const difference = Math.abs(expected - found);
  tally.add({ ...at, kind, what: `${at.what}: records`, expected, found }, difference);
  return false;
}

/** Compares a state row with the fold, in the columns that the row has; adds at most one finding. */
export function compareStateRow(
  at: Omit<PartialFinding, 'kind'>,
  fold: KeyFold,
  stored: string | undefined,
  tally: Tally,
): void {
  if (stored === undefined) {
    const what = `${at.what}: no row`;
    tally.add({ ...at, kind: 'lost', what, expected: fold[0], found: 0 }, fold[0]);
    return;
  }
  const columns = stored.split(' ').map(Number);
  if (!compareRecords(at, fold[0], columns[0] ?? 0, tally)) return;
  for (const [index, name] of STATE_COLUMNS.slice(0, columns.length).entries()) {
    const [expected, found] = [fold[index] ?? 0, columns[index] ?? 0];
    if (expected === found) continue;
    tally.add({ ...at, kind: 'mis-aggregated', what: `${at.what}: ${name}`, expected, found });
    return;
  }
}
