/** The summary rows in memory, indexed by month and by SKU, as a copy of the state DB. */
import type { SummaryRow } from '../../version.ts';
import { monthNumber } from './row-key.ts';

/** One month's rows. */
export interface MonthRows {
  readonly year: number;
  readonly month: number;
  readonly bySku: Map<string, SummaryRow>;
  /** Counts the changes of this month, so that what was made of it can be kept. */
  changes: number;
}

/** Rows in memory. */
export class Mirror {
  readonly months = new Map<number, MonthRows>();
  readonly #rowsOfSku = new Map<string, number>();
  #names: readonly string[] | undefined;
  #rows = 0;
  #records = 0;

  /** Number of rows. */
  get rows(): number {
    return this.#rows;
  }

  /** Hours counted, over all rows. */
  get records(): number {
    return this.#records;
  }

  /** Names of the SKUs that have a row, ascending. */
  get skus(): readonly string[] {
    this.#names ??= [...this.#rowsOfSku.keys()].sort();
    return this.#names;
  }

  hasSku(sku: string): boolean {
    return this.#rowsOfSku.has(sku);
  }

  /** The row of a (SKU, month), where there is one. */
  find(sku: string, year: number, month: number): SummaryRow | undefined {
    return this.months.get(monthNumber(year, month))?.bySku.get(sku);
  }

  /** Adds or replaces a row. */
  put(row: SummaryRow): void {
    const number = monthNumber(row.year, row.month);
    let month = this.months.get(number);
    if (month === undefined) {
      month = { year: row.year, month: row.month, bySku: new Map(), changes: 0 };
      this.months.set(number, month);
    }
    const before = month.bySku.get(row.sku);
    if (before === undefined) this.#countNew(row.sku);
    this.#records += Number(row.records) - Number(before?.records ?? 0);
    month.bySku.set(row.sku, row);
    month.changes++;
  }

  #countNew(sku: string): void {
    const rows = this.#rowsOfSku.get(sku) ?? 0;
    if (rows === 0) this.#names = undefined;
    this.#rowsOfSku.set(sku, rows + 1);
    this.#rows++;
  }

  clear(): void {
    this.months.clear();
    this.#rowsOfSku.clear();
    this.#names = undefined;
    this.#rows = 0;
    this.#records = 0;
  }
}

/** Rows of some SKUs (all where none is named) in a month, SKUs ascending. */
export function rowsOf(month: MonthRows, skus: readonly string[]): SummaryRow[] {
  const names = skus.length > 0 ? skus : [...month.bySku.keys()].sort();
  return names.flatMap((sku) => month.bySku.get(sku) ?? []);
}
