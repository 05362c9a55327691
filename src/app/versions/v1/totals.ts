/** How records are folded into a state row, and a state row into a summary: `records manufactured_qty`. */
import type { RawRecord } from '../../version.ts';

/** Number of integers in a state row. */
export const columns = 2;

/** Adds one record to a state row. */
export function fold(row: number[], record: RawRecord): void {
  row[0] = (row[0] ?? 0) + 1;
  row[1] = (row[1] ?? 0) + Number(record.manufactured_qty);
}

/** A state row as the fields of its `summary-stats` row. */
export function summarise(row: readonly number[]): Record<string, number | null> {
  const [records = 0, manufactured_qty = 0] = row;
  return { records, manufactured_qty };
}
