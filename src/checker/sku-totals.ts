/** Totals of one SKU in one partition, by month, as integers in one flat array. */

import type { KeyFold } from '../history/history.ts';
import { MONTHS, monthName } from './calendar.ts';
import type { RawFields } from './writers.ts';

const COLUMNS = 9;

/** The independent fold: adds records, and can be copied at any time. */
export class SkuTotals {
  readonly #cells = new Float64Array(MONTHS * COLUMNS);
  /** Highest seq added; -1 before the first. */
  highestSeq = -1;

  /** Adds one record; a measure that is null or absent leaves its month without a true total. */
  add(month: number, record: RawFields, seq: number, offset: number, schemaId: number): void {
    const cells = this.#cells;
    const at = month * COLUMNS;
    const before = cells[at] ?? 0;
    if (before === 0) {
      cells[at + 6] = offset;
      cells[at + 7] = schemaId;
    }
    cells[at] = before + 1;
    cells[at + 1] = (cells[at + 1] ?? 0) + record.manufactured_qty;
    if (typeof record.defect_qty === 'number') {
      cells[at + 2] = (cells[at + 2] ?? 0) + record.defect_qty;
      cells[at + 3] = (cells[at + 3] ?? 0) + 1;
    }
    if (typeof record.sku_manufacturing_cost === 'number') {
      const cost = record.manufactured_qty * record.sku_manufacturing_cost;
      cells[at + 4] = (cells[at + 4] ?? 0) + cost;
      cells[at + 5] = (cells[at + 5] ?? 0) + 1;
    }
    cells[at + 8] = offset;
    if (seq > this.highestSeq) this.highestSeq = seq;
  }

  /** Copies the months that have records into `target`, by `<sku>|<yyyy-mm>`. */
  copyInto(target: Record<string, KeyFold>, sku: string): void {
    for (let month = 0; month < MONTHS; month++) {
      const at = month * COLUMNS;
      if (this.#cells[at] === 0) continue;
      const row = Array.from(this.#cells.subarray(at, at + COLUMNS));
      target[`${sku}|${monthName(month)}`] = row as unknown as KeyFold;
    }
  }
}
