/** Totals per SKU and month as plain sums, to hold every contender's result against. */

/** Sums of one SKU's month. */
interface Total {
  records: number;
  manufacturedQty: number;
}

/** `<sku>|<yyyy-mm>` → its sums. */
export type Totals = Map<string, Total>;

/** What is summed. */
export type Summand = Readonly<Record<string, string | number | null>> & {
  readonly sku: string;
  readonly year: number;
  readonly month: number;
};

/** Key of a row, `<sku>|<yyyy-mm>`. */
export function rowKey({ sku, year, month }: Summand): string {
  return `${sku}|${year}-${String(month).padStart(2, '0')}`;
}

/** Adds one raw record. */
export function addToTotals(totals: Totals, record: Summand): void {
  const key = rowKey(record);
  const total = totals.get(key);
  const quantity = Number(record.manufactured_qty);
  if (!total) totals.set(key, { records: 1, manufacturedQty: quantity });
  else {
    total.records += 1;
    total.manufacturedQty += quantity;
  }
}

/** A contender came to other totals than the log's. */
export class WrongTotals extends Error {
  override readonly name = 'WrongTotals';
}

/** Throws {@link WrongTotals} where `found` differs in any row, naming the first. */
export function checkTotals(contender: string, expected: Totals, found: Totals): void {
  for (const [key, { records, manufacturedQty }] of expected) {
    const other = found.get(key);
    if (other?.records === records && other.manufacturedQty === manufacturedQty) continue;
    const seen = other ? `${other.records} records, sum ${other.manufacturedQty}` : 'nothing';
    const due = `${records} records, sum ${manufacturedQty}`;
    throw new WrongTotals(`${contender} has for ${key}: ${seen}; the log holds ${due}`);
  }
  if (found.size === expected.size) return;
  const extra = found.size - expected.size;
  throw new WrongTotals(`${contender} has ${extra} rows of which the log knows nothing`);
}
