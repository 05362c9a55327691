/** Rows as a folded batch spells them out for the state. */
import { RowTable } from '../../src/app/back-end/row-table.ts';

/** Integers to add to the row of a (SKU, month). */
export interface Row {
  readonly sku: string;
  readonly year: number;
  /** 1 … 12 */
  readonly month: number;
  readonly sums: readonly number[];
}

/** `<sku>|<yyyy-mm> <integer> <integer>…;…`; all rows have as many integers as the first. */
export function rowsText(rows: readonly Row[]): Buffer {
  const table = new RowTable(rows[0]?.sums.length ?? 0);
  const places = new Map<string, number>();
  for (const { sku, year, month, sums } of rows) {
    if (!places.has(sku)) places.set(sku, places.size);
    const row = table.open(places.get(sku) ?? 0, sku, year, month);
    for (const [column, sum] of sums.entries()) row[column] = (row[column] ?? 0) + sum;
  }
  return table.text();
}
