/** The state rows that a batch adds to, as numbers in flat arrays: an object for each of thousands of rows would cost more than its records. */
import { AsciiText } from './batch-text.ts';

const YEAR = 100;

/** What a batch adds to each (SKU, month). */
export class RowTable {
  readonly #columns: number;
  /** By {@link rowId}, so that no key has to be spelled out before the batch is complete. */
  readonly #rows = new Map<number, number>();
  readonly #skus: string[] = [];
  /** Year times 100 plus month. */
  readonly #months: number[] = [];
  /** Row after row, `columns` integers each. */
  readonly #sums: number[] = [];
  /** The integers of the row that was opened last. */
  readonly #open: number[];
  /** Which one that is; -1: none was opened. */
  #openRow = -1;

  constructor(columns: number) {
    this.#columns = columns;
    this.#open = new Array<number>(columns).fill(0);
  }

  /** The integers of a row, to be added to until another one is opened; `place` stands for the SKU. */
  open(place: number, sku: string, year: number, month: number): number[] {
    this.#close();
    const id = rowId(place, year, month);
    let row = this.#rows.get(id);
    if (row === undefined) {
      row = this.#skus.push(sku) - 1;
      this.#months.push(year * YEAR + month);
      for (let column = 0; column < this.#columns; column++) this.#sums.push(0);
      this.#rows.set(id, row);
    }
    this.#openRow = row;
    const from = row * this.#columns;
    for (let column = 0; column < this.#columns; column++) {
      this.#open[column] = this.#sums[from + column] ?? 0;
    }
    return this.#open;
  }

  /** `<sku>|<yyyy-mm> <integer> <integer>…;…` */
  text(): Buffer {
    this.#close();
    const text = new AsciiText();
    for (const [row, sku] of this.#skus.entries()) {
      const year = Math.floor((this.#months[row] ?? 0) / YEAR);
      const month = (this.#months[row] ?? 0) % YEAR;
      text.text(sku).text('|').integer(year);
      text.text(month < 10 ? '-0' : '-').integer(month);
      const from = row * this.#columns;
      for (let column = 0; column < this.#columns; column++) {
        text.text(' ').integer(this.#sums[from + column] ?? 0);
      }
      text.text(';');
    }
    return text.end();
  }

  #close(): void {
    if (this.#openRow < 0) return;
    const from = this.#openRow * this.#columns;
    for (let column = 0; column < this.#columns; column++) {
      this.#sums[from + column] = this.#open[column] ?? 0;
    }
  }
}

/** One number for a SKU's place in the batch and a month; years have four digits. */
function rowId(place: number, year: number, month: number): number {
  return (place * 10_000 + year) * 12 + month - 1;
}
