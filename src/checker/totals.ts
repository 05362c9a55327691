/** Compares one (SKU, month) of the independent fold with what a DB, a topic or an answer says of it. */

import type { History, KeyFold } from '../history/history.ts';
import type { PartialFinding, Tally } from './tally.ts';
import type { Measure } from './workload.ts';
import { MEASURES, measuresOf } from './workload.ts';

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
  /** Measures that readers are shown. */
  readonly measures: readonly Measure[];
}

/** The sums of a state row and where they stand in it; `known` counts the records whose value was known. */
const STATE_SUMS = [
  { name: 'manufactured_qty', sum: 1, known: 0 },
  { name: 'defect_qty', sum: 2, known: 3 },
  { name: 'production_cost', sum: 4, known: 5 },
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

/** What the versions that readers reach show; what only another version would show is not judged, for nobody is shown it. */
export function liveMeasures({ rest }: History): readonly Measure[] {
  const shown = new Set(rest.flatMap(({ version }) => measuresOf(version) ?? []));
  return shown.size === 0 ? MEASURES : MEASURES.filter((measure) => shown.has(measure));
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

/**
 * Compares a state row with the fold; adds at most one finding. A sum that the row itself does not claim to be complete is
 * left to the readers' rows: it is shown as unknown, which an older version at work in between makes it.
 */
export function compareStateRow(
  at: Omit<PartialFinding, 'kind'>,
  fold: KeyFold,
  stored: string | undefined,
  tally: Tally,
  measures: readonly Measure[] = MEASURES,
): void {
  if (stored === undefined) {
    const what = `${at.what}: no row`;
    tally.add({ ...at, kind: 'lost', what, expected: fold[0], found: 0 }, fold[0]);
    return;
  }
  const columns = stored.split(' ').map(Number);
  const records = columns[0] ?? 0;
  if (!compareRecords(at, fold[0], records, tally)) return;
  for (const { name, sum, known } of STATE_SUMS) {
    const claimed = columns[known] === records && columns[sum] !== undefined;
    const expected = fold[known] === fold[0] ? fold[sum] : null;
    const found = claimed ? (columns[sum] ?? 0) : null;
    if (found === null || expected === found || !measures.includes(name)) continue;
    tally.add({ ...at, kind: 'mis-aggregated', what: `${at.what}: ${name}`, expected, found });
    return;
  }
}
