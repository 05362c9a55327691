/** The key of a summary row, `<sku>|<yyyy-mm>`, and months as numbers. */

/** Key of a (SKU, month) in the topic and in the state. */
export function rowKey(sku: string, year: number, month: number): string {
  return `${sku}|${year}-${String(month).padStart(2, '0')}`;
}

/** Months counted from year 0, so that they sort and subtract. */
export function monthNumber(year: number, month: number): number {
  return year * 12 + month - 1;
}
