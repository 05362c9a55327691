/** How records are folded into a state row, and a state row into a summary: `records manufactured_qty defect_qty defect_qty_known`. */
import type { RawRecord } from '../../version.ts';

/** Number of integers in a state row. */
export const columns = 4;

/** Adds one record to a state row; a field that its writer did not know counts as unknown, not as 0. */
export function fold(row: number[], record: RawRecord): void {
  row[0] = (row[0] ?? 0) + 1;
  row[1] = (row[1] ?? 0) + Number(record.manufactured_qty);
  if (record.defect_qty != null) {
    row[2] = (row[2] ?? 0) + Number(record.defect_qty);
    row[3] = (row[3] ?? 0) + 1;
  }
}

/** A state row as the fields of its `summary-stats` row; a total is null until every record of it is known. */
export function summarise(row: readonly number[]): Record<string, number | null> {
  const [records = 0, manufactured_qty = 0, defects = 0, defectsKnown = 0] = row;
  return { records, manufactured_qty, defect_qty: defectsKnown === records ? defects : null };
}
