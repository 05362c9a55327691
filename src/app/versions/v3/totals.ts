/** How records are folded into a state row, and a state row into a summary: `records manufactured_qty defect_qty defect_qty_known production_cost production_cost_known`. */
import type { RawRecord } from '../../version.ts';

/** Number of integers in a state row. */
export const columns = 6;

/** Adds one record to a state row; a field that its writer did not know counts as unknown, not as 0. */
export function fold(row: number[], record: RawRecord): void {
  const qty = Number(record.manufactured_qty);
  row[0] = (row[0] ?? 0) + 1;
  row[1] = (row[1] ?? 0) + qty;
  if (record.defect_qty != null) {
    row[2] = (row[2] ?? 0) + Number(record.defect_qty);
    row[3] = (row[3] ?? 0) + 1;
  }
  if (record.sku_manufacturing_cost != null) {
    row[4] = (row[4] ?? 0) + qty * Number(record.sku_manufacturing_cost);
    row[5] = (row[5] ?? 0) + 1;
  }
}

/** A state row as the fields of its `summary-stats` row; a total is null until every record of it is known. */
export function summarise(row: readonly number[]): Record<string, number | null> {
  const [
    records = 0,
    manufactured_qty = 0,
    defects = 0,
    defectsKnown = 0,
    cost = 0,
    costKnown = 0,
  ] = row;
  return {
    records,
    manufactured_qty,
    defect_qty: defectsKnown === records ? defects : null,
    production_cost: costKnown === records ? cost : null,
  };
}
