/** What `apply.lua` reads of a folded batch: one text of SKUs and one of rows, because a call with thousands of words costs more than counting their records. */

/** The `seq` counted of a SKU before a batch (-1: none) and after it. */
export interface SkuRange {
  readonly sku: string;
  readonly before: number;
  last: number;
}

/** Integers to add to the state row of a (SKU, month). */
export interface RowSums {
  readonly sku: string;
  readonly year: number;
  /** 1 … 12 */
  readonly month: number;
  readonly sums: number[];
}

/** `<sku> <before> <last>;…` */
export function seqsText(ranges: Iterable<SkuRange>): Buffer {
  let text = '';
  for (const { sku, before, last } of ranges) {
    if (last > before) text += `${sku} ${before} ${last};`;
  }
  return Buffer.from(text, 'latin1');
}

/** `<sku>|<yyyy-mm> <integer> <integer>…;…` */
export function rowsText(rows: Iterable<RowSums>): Buffer {
  let text = '';
  for (const { sku, year, month, sums } of rows) {
    text += `${sku}|${year}-${month < 10 ? '0' : ''}${month} ${sums.join(' ')};`;
  }
  return Buffer.from(text, 'latin1');
}
