/** One record as it lies in the log, read in place: nothing of it is copied or allocated before it is asked for. */

/** A header: name and value. */
type Header = readonly [name: Buffer | null, value: Buffer | null];

const MOST_DIGITS = 15;

/** A place in bytes. */
export class Cursor {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Reads a zigzag varint of up to 32 bits. */
  varint(): number {
    let byte = this.bytes[this.at++] ?? 0;
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80; shift += 7) {
      byte = this.bytes[this.at++] ?? 0;
      value |= (byte & 0x7f) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  /** Passes a varint of any size. */
  skipVarint(): void {
    let byte = 0x80;
    while (byte >= 0x80) byte = this.bytes[this.at++] ?? 0;
  }
}

/** Reads the record at a cursor, in a batch that begins at `firstOffset`, and moves behind it. */
export function nextRecord(cursor: Cursor, firstOffset: number): LogRecord {
  const length = cursor.varint();
  const end = cursor.at + length;
  cursor.at++; // attributes: none are defined
  cursor.skipVarint(); // timestamp
  const offset = firstOffset + cursor.varint();
  const keyLength = cursor.varint();
  const keyAt = cursor.at;
  cursor.at += Math.max(0, keyLength);
  const valueLength = cursor.varint();
  const record = new LogRecord(cursor.bytes, offset, keyAt, keyLength, cursor.at, valueLength);
  cursor.at = end;
  return record;
}

/** One record in its batch's bytes. */
export class LogRecord {
  readonly offset: number;
  readonly #bytes: Buffer;
  readonly #keyAt: number;
  /** Below 0: there is none. */
  readonly #keyLength: number;
  readonly #valueAt: number;
  readonly #valueLength: number;

  constructor(
    bytes: Buffer,
    offset: number,
    keyAt: number,
    keyLength: number,
    valueAt: number,
    valueLength: number,
  ) {
    this.#bytes = bytes;
    this.offset = offset;
    this.#keyAt = keyAt;
    this.#keyLength = keyLength;
    this.#valueAt = valueAt;
    this.#valueLength = valueLength;
  }

  get key(): Buffer | null {
    return part(this.#bytes, this.#keyAt, this.#keyLength);
  }

  get value(): Buffer | null {
    return part(this.#bytes, this.#valueAt, this.#valueLength);
  }

  get headers(): Header[] {
    const cursor = this.#headersCursor();
    const headers: Header[] = [];
    for (let left = cursor.varint(); left > 0; left--) {
      headers.push([nextPart(cursor), nextPart(cursor)]);
    }
    return headers;
  }

  /** Whether the key is exactly this text; for text in ASCII. */
  hasKey(text: string): boolean {
    if (text.length !== this.#keyLength) return false;
    for (let at = 0; at < text.length; at++) {
      if (text.charCodeAt(at) !== this.#bytes[this.#keyAt + at]) return false;
    }
    return true;
  }

  /** The first header of a name, as a whole number in decimal digits; undefined where it is none, or has more than 15. */
  wholeHeader(name: Buffer): number | undefined {
    const cursor = this.#headersCursor();
    for (let left = cursor.varint(); left > 0; left--) {
      const length = cursor.varint();
      const found = length === name.length && this.#holds(name, cursor.at);
      cursor.at += Math.max(0, length);
      const valueLength = cursor.varint();
      if (found) return wholeNumber(this.#bytes, cursor.at, valueLength);
      cursor.at += Math.max(0, valueLength);
    }
    return undefined;
  }

  #headersCursor(): Cursor {
    return new Cursor(this.#bytes, this.#valueAt + Math.max(0, this.#valueLength));
  }

  #holds(expected: Buffer, from: number): boolean {
    for (let at = 0; at < expected.length; at++) {
      if (expected[at] !== this.#bytes[from + at]) return false;
    }
    return true;
  }
}

function nextPart(cursor: Cursor): Buffer | null {
  const length = cursor.varint();
  const bytes = part(cursor.bytes, cursor.at, length);
  cursor.at += Math.max(0, length);
  return bytes;
}

function part(bytes: Buffer, at: number, length: number): Buffer | null {
  return length < 0 ? null : bytes.subarray(at, at + length);
}

function wholeNumber(bytes: Buffer, from: number, length: number): number | undefined {
  if (length <= 0 || length > MOST_DIGITS) return undefined;
  let number = 0;
  for (let at = from; at < from + length; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number;
}
