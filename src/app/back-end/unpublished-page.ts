/** Reads what `unpublished.lua` lists: state rows whose summary is not confirmed as published. */

/** A state row that is not confirmed. */
export interface UnpublishedRow {
  /** `<sku>|<yyyy-mm>` */
  readonly key: Buffer;
  readonly sku: string;
  readonly year: number;
  /** 1 … 12 */
  readonly month: number;
  /** `next` of the batch that last changed the row. */
  readonly version: number;
  /** The state row's integers. */
  readonly columns: readonly number[];
}

/** Some of the rows; `text` is what names them when they are confirmed. */
export interface UnpublishedPage {
  readonly text: Buffer;
  readonly rows: readonly UnpublishedRow[];
}

/** Length of `|yyyy-mm`. */
const MONTH_LENGTH = 8;

/** Reads `<sku>|<yyyy-mm> <version> <integer> <integer>…;…`; the rows' keys are parts of the page's text. */
export function pageOf(listed: string): UnpublishedPage {
  const text = Buffer.from(listed, 'latin1');
  const rows: UnpublishedRow[] = [];
  let at = 0;
  while (at < listed.length) {
    const end = listed.indexOf(';', at);
    const keyEnd = listed.indexOf(' ', at);
    const skuEnd = keyEnd - MONTH_LENGTH;
    const [version = 0, ...columns] = listed
      .slice(keyEnd + 1, end)
      .split(' ')
      .map(Number);
    rows.push({
      key: text.subarray(at, keyEnd),
      sku: listed.slice(at, skuEnd),
      year: Number(listed.slice(skuEnd + 1, skuEnd + 5)),
      month: Number(listed.slice(skuEnd + 6, keyEnd)),
      version,
      columns,
    });
    at = end + 1;
  }
  return { text, rows };
}
