/** Writes a batch of records in one piece of memory; see Kafka's protocol, record batch of magic 2. */
import { crc32c } from '@platformatic/kafka';

/** A record to write. */
export interface RecordToWrite {
  readonly key?: Buffer | null | undefined;
  readonly value?: Buffer | null | undefined;
  readonly headers?: ReadonlyMap<Buffer, Buffer> | undefined;
}

/** Who writes the batch, so that the broker counts it once. */
export interface BatchIdentity {
  /** Milliseconds since 1970, for every record. */
  readonly timestamp: bigint;
  readonly producerId: bigint;
  readonly producerEpoch: number;
  /** Of the first record. */
  readonly sequence: number;
}

const LENGTH_AT = 8;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const PRODUCER_EPOCH_AT = 51;
const SEQUENCE_AT = 53;
const COUNT_AT = 57;
const RECORDS_AT = 61;
const MAGIC = 2;
/** Attributes and the timestamp's distance to the batch's, both 0. */
const FIXED_BYTES = 2;

/** The bytes of an uncompressed batch. */
export function recordBatch(records: readonly RecordToWrite[], identity: BatchIdentity): Buffer {
  const lengths = records.map(lengthOf);
  const stored = lengths.reduce((sum, length) => sum + varintBytes(length) + length, 0);
  const bytes = Buffer.allocUnsafe(RECORDS_AT + stored);
  let at = RECORDS_AT;
  for (const [delta, record] of records.entries()) {
    at = writeRecord(bytes, at, record, lengths[delta] ?? 0, delta);
  }
  writeHead(bytes, records.length, identity);
  return bytes;
}

function writeHead(bytes: Buffer, count: number, identity: BatchIdentity): void {
  bytes.writeBigInt64BE(0n, 0);
  bytes.writeInt32BE(bytes.length - LENGTH_AT - 4, LENGTH_AT);
  bytes.writeInt32BE(0, LENGTH_AT + 4); // partition leader epoch, the broker's to set
  bytes.writeInt8(MAGIC, MAGIC_AT);
  bytes.writeInt16BE(0, ATTRIBUTES_AT);
  bytes.writeInt32BE(count - 1, LAST_OFFSET_DELTA_AT);
  bytes.writeBigInt64BE(identity.timestamp, FIRST_TIMESTAMP_AT);
  bytes.writeBigInt64BE(identity.timestamp, MAX_TIMESTAMP_AT);
  bytes.writeBigInt64BE(identity.producerId, PRODUCER_ID_AT);
  bytes.writeInt16BE(identity.producerEpoch, PRODUCER_EPOCH_AT);
  bytes.writeInt32BE(identity.sequence, SEQUENCE_AT);
  bytes.writeInt32BE(count, COUNT_AT);
  bytes.writeUInt32BE(crc32c(bytes.subarray(ATTRIBUTES_AT)), CRC_AT);
}

/** Length of a record without the length itself. */
function lengthOf({ key, value, headers }: RecordToWrite, delta: number): number {
  let length = FIXED_BYTES + varintBytes(delta) + partBytes(key) + partBytes(value);
  length += varintBytes(headers?.size ?? 0);
  if (!headers) return length;
  for (const [name, held] of headers) length += partBytes(name) + partBytes(held);
  return length;
}

function writeRecord(
  bytes: Buffer,
  from: number,
  { key, value, headers }: RecordToWrite,
  length: number,
  delta: number,
): number {
  let at = writeVarint(bytes, from, length);
  bytes[at++] = 0;
  bytes[at++] = 0;
  at = writeVarint(bytes, at, delta);
  at = writePart(bytes, at, key);
  at = writePart(bytes, at, value);
  at = writeVarint(bytes, at, headers?.size ?? 0);
  if (!headers) return at;
  for (const [name, held] of headers) at = writePart(bytes, writePart(bytes, at, name), held);
  return at;
}

function partBytes(part: Buffer | null | undefined): number {
  return part ? varintBytes(part.length) + part.length : 1;
}

/** Writes the length and the bytes; −1 stands for none. */
function writePart(bytes: Buffer, at: number, part: Buffer | null | undefined): number {
  if (!part) return writeVarint(bytes, at, -1);
  const from = writeVarint(bytes, at, part.length);
  bytes.set(part, from);
  return from + part.length;
}

/** Bytes of a zigzag varint for a number from 0 on. */
function varintBytes(value: number): number {
  let left = value * 2;
  let count = 1;
  for (; left >= 0x80; left /= 0x80) count++;
  return count;
}

function writeVarint(bytes: Buffer, from: number, value: number): number {
  let left = (value << 1) ^ (value >> 31);
  let at = from;
  for (; left >= 0x80; left >>>= 7) bytes[at++] = (left & 0x7f) | 0x80;
  bytes[at++] = left;
  return at;
}
