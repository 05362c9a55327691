/** What `apply.lua` reads of a folded batch: one text of SKUs and one of rows, because a call with thousands of words costs more than counting their records. */

const ZERO = 0x30;
const TEN = 10;
/** Up to here a number divides as a 32-bit integer, which is what makes it quick. */
const MOST_SMALL = 0x3fffffff;
const FIRST_BYTES = 16 * 1024;

/** ASCII that is put together in place: a string of its own for each word would be garbage by the thousand. */
export class AsciiText {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #at = 0;

  /** Adds a text of ASCII characters. */
  text(text: string): this {
    this.#makeRoom(text.length);
    for (let at = 0; at < text.length; at++) this.#bytes[this.#at++] = text.charCodeAt(at);
    return this;
  }

  /** Adds a whole number in decimal digits. */
  integer(value: number): this {
    if (value < 0 || value > MOST_SMALL) return this.text(value.toFixed(0));
    let left = value | 0;
    let digits = 1;
    for (let most = TEN; left >= most; most *= TEN) digits++;
    this.#makeRoom(digits);
    for (let at = this.#at + digits - 1; at >= this.#at; at--) {
      const tens = (left / TEN) | 0;
      this.#bytes[at] = ZERO + left - tens * TEN;
      left = tens;
    }
    this.#at += digits;
    return this;
  }

  /** The text so far; nothing may be added afterwards. */
  end(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #makeRoom(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * this.#bytes.length + bytes);
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

/** The `seq` counted of a SKU before a batch (-1: none) and after it. */
export interface SkuRange {
  readonly sku: string;
  readonly before: number;
  last: number;
}

/** `<sku> <before> <last>;…` */
export function seqsText(ranges: Iterable<SkuRange>): Buffer {
  const text = new AsciiText();
  for (const { sku, before, last } of ranges) {
    if (last > before) text.text(sku).text(' ').integer(before).text(' ').integer(last).text(';');
  }
  return text.end();
}
