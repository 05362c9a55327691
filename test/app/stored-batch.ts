/** Record batches for tests, in the bytes that a broker would send. */
import type { MessageRecord } from '@platformatic/kafka';
import { createRecordsBatch } from '@platformatic/kafka';
import type { StoredBatch } from '../../src/app/runtime/stored-batch.ts';
import { storedBatches } from '../../src/app/runtime/stored-batch.ts';

/** What a test says of a record. */
export interface TestRecord {
  readonly key?: Buffer | null;
  readonly value?: Buffer | null;
  readonly headers?: readonly (readonly [string, string])[];
}

/** The bytes of a batch whose first record has the offset `from`. */
export function batchBytes(
  from: number,
  records: readonly TestRecord[],
  compression: 'none' | 'gzip' | 'zstd' | 'lz4' | 'snappy' = 'none',
): Buffer {
  const messages = records.map(({ key, value, headers = [] }) => ({
    topic: 'raw-data-in',
    partition: 0,
    timestamp: 1n,
    key: key ?? undefined,
    value: value ?? undefined,
    headers: new Map(headers.map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
  })) as unknown as MessageRecord[];
  const bytes = createRecordsBatch(messages, { compression }).buffer;
  bytes.writeBigInt64BE(BigInt(from), 0);
  return bytes;
}

/** The same, read as a fetch reads it. */
export function storedBatch(from: number, records: readonly TestRecord[]): StoredBatch {
  const [batch] = storedBatches(batchBytes(from, records));
  if (!batch) throw new Error('the bytes hold no whole batch');
  return batch;
}
