/** What is written is, to the byte, what the client itself would have written, and reads back as it was meant. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { MessageRecord } from '@platformatic/kafka';
import { createRecordsBatch } from '@platformatic/kafka';
import type { RecordToWrite } from '../../../src/app/runtime/batch-writer.ts';
import { recordBatch } from '../../../src/app/runtime/batch-writer.ts';
import { storedBatches } from '../../../src/app/runtime/stored-batch.ts';

const identity = {
  timestamp: 1_700_000_000_000n,
  producerId: 4_000_000_001n,
  producerEpoch: 3,
  sequence: 77,
};

/** The client's bytes for the same records. */
function byTheClient(records: readonly RecordToWrite[]): Buffer {
  const messages = records.map((record) => ({
    ...record,
    topic: 't',
    partition: 0,
    timestamp: identity.timestamp,
  }));
  return createRecordsBatch(messages as unknown as MessageRecord[], {
    producerId: identity.producerId,
    producerEpoch: identity.producerEpoch,
    sequences: { getWithDefault: () => identity.sequence } as never,
  }).buffer;
}

const header = (name: string, value: string) => new Map([[Buffer.from(name), Buffer.from(value)]]);

const cases: Record<string, RecordToWrite[]> = {
  'one record': [{ key: Buffer.from('k'), value: Buffer.from('v'), headers: header('seq', '1') }],
  'no key, value or headers': [{}, { key: null, value: null }, { value: Buffer.alloc(0) }],
  'lengths about the borders of a varint': [
    62, 63, 64, 65, 8_190, 8_191, 8_192, 1_048_575, 1_048_576,
  ].map((length) => ({ key: Buffer.alloc(length, 1), value: Buffer.alloc(length, 2) })),
  'a full batch': Array.from({ length: 9_000 }, (_, at) => ({
    key: Buffer.from(`sku_${at % 7}`),
    value: Buffer.alloc(at % 90, at),
    headers: new Map([...header('seq', String(at)), ...header('run', 'r')]),
  })),
};

for (const [name, records] of Object.entries(cases)) {
  test(`${name}: the same bytes as the client’s`, () => {
    assert.ok(recordBatch(records, identity).equals(byTheClient(records)));
  });

  test(`${name}: read back as written`, () => {
    const [batch] = storedBatches(recordBatch(records, identity));
    const read = batch?.records.map(({ key, value, headers }) => ({ key, value, headers })) ?? [];
    const meant = records.map(({ key = null, value = null, headers }) => ({
      key,
      value,
      headers: [...(headers ?? [])],
    }));
    assert.deepEqual(read, meant);
  });
}
