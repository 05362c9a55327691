/** Batches of records as they lie in the log: the head is read at once, the records in place when they are asked for. */
import { compressionsAlgorithmsByBitmask } from '@platformatic/kafka';
import type { LogRecord } from './log-record.ts';
import { Cursor, nextRecord } from './log-record.ts';

/** Where the fields of a batch stand; see Kafka's protocol, record batch of magic 2. */
const LENGTH_AT = 8;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const PRODUCER_ID_AT = 43;
const COUNT_AT = 57;
const RECORDS_AT = 61;
/** The length counts what follows it. */
const UNCOUNTED_BYTES = 12;
const COMPRESSION = 0b111;
const CONTROL = 1 << 5;

/** Records that were appended together; only the head is read before they are asked for. */
export class StoredBatch {
  readonly firstOffset: bigint;
  readonly lastOffsetDelta: number;
  readonly attributes: number;
  readonly producerId: bigint;
  readonly #count: number;
  readonly #stored: Buffer;

  /** @param bytes the whole batch */
  constructor(bytes: Buffer) {
    this.firstOffset = bytes.readBigInt64BE(0);
    this.attributes = bytes.readInt16BE(ATTRIBUTES_AT);
    this.lastOffsetDelta = bytes.readInt32BE(LAST_OFFSET_DELTA_AT);
    this.producerId = bytes.readBigInt64BE(PRODUCER_ID_AT);
    this.#count = bytes.readInt32BE(COUNT_AT);
    this.#stored = bytes.subarray(RECORDS_AT);
  }

  /** Whether the broker wrote it for itself (the end of a transaction). */
  get isControl(): boolean {
    return (this.attributes & CONTROL) !== 0;
  }

  /** The offset after its last record. */
  get next(): number {
    return Number(this.firstOffset) + this.lastOffsetDelta + 1;
  }

  /** All records at once, for those who need few; the client asks for a control batch's. */
  get records(): LogRecord[] {
    const records: LogRecord[] = [];
    this.each((record) => records.push(record));
    return records;
  }

  /** Calls back for each record, in order. */
  each(visit: (record: LogRecord) => void): void {
    const bytes = decompressed(this.#stored, this.attributes & COMPRESSION);
    const firstOffset = Number(this.firstOffset);
    const cursor = new Cursor(bytes, 0);
    for (let left = this.#count; left > 0; left--) visit(nextRecord(cursor, firstOffset));
  }
}

function decompressed(bytes: Buffer, compression: number): Buffer {
  if (compression === 0) return bytes;
  const algorithm = compressionsAlgorithmsByBitmask[compression];
  if (!algorithm) throw new Error(`records are compressed in an unknown way (${compression})`);
  return algorithm.decompressSync(bytes);
}

/** The whole batches in what a fetch brought; a last one that is cut off is left out. */
export function storedBatches(bytes: Buffer): StoredBatch[] {
  const batches: StoredBatch[] = [];
  let at = 0;
  while (bytes.length - at >= UNCOUNTED_BYTES) {
    const end = at + UNCOUNTED_BYTES + bytes.readInt32BE(at + LENGTH_AT);
    if (end > bytes.length) break;
    batches.push(new StoredBatch(bytes.subarray(at, end)));
    at = end;
  }
  return batches;
}
