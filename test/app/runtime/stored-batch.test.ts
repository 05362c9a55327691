/** What lies in the log is read field by field from its bytes, whatever a producer left out or packed. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { LogRecord } from '../../../src/app/runtime/log-record.ts';
import { storedBatches } from '../../../src/app/runtime/stored-batch.ts';
import { batchBytes, storedBatch } from '../stored-batch.ts';

const SEQ = Buffer.from('seq');

function shown({ offset, key, value, headers }: LogRecord) {
  const text = (bytes: Buffer | null) => (bytes === null ? null : bytes.toString('utf8'));
  return [offset, text(key), text(value), headers.map(([name, held]) => [text(name), text(held)])];
}

test('offset, key, value and headers of each record are read', () => {
  const long = 'x'.repeat(70_000);
  const batch = storedBatch(5_000_000_000, [
    {
      key: Buffer.from('a'),
      value: Buffer.from('one'),
      headers: [
        ['seq', '0'],
        ['run', 'r'],
      ],
    },
    { key: Buffer.from('b'), value: Buffer.from(long), headers: [] },
    { key: Buffer.alloc(0), value: Buffer.alloc(0) },
  ]);
  assert.deepEqual(batch.records.map(shown), [
    [
      5_000_000_000,
      'a',
      'one',
      [
        ['seq', '0'],
        ['run', 'r'],
      ],
    ],
    [5_000_000_001, 'b', long, []],
    [5_000_000_002, '', '', []],
  ]);
  assert.equal(batch.next, 5_000_000_003);
  assert.equal(batch.isControl, false);
});

test('an absent key or value is null and hides nothing that follows', () => {
  const headers = [['seq', '7']] as const;
  const [first, second] = storedBatch(0, [
    { key: null, value: null, headers },
    { key: Buffer.from('k'), value: null, headers },
  ]).records;
  assert.deepEqual([first?.key, first?.value, first?.wholeHeader(SEQ)], [null, null, 7]);
  assert.deepEqual(
    [second?.key?.toString(), second?.value, second?.wholeHeader(SEQ)],
    ['k', null, 7],
  );
  assert.equal(first?.hasKey(''), false, 'no key is not an empty key');
});

test('compressed batches are unpacked', () => {
  const records = [
    { key: Buffer.from('a'), value: Buffer.from('one'), headers: [['seq', '1']] as const },
  ];
  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    const [batch] = storedBatches(batchBytes(3, records, compression));
    assert.deepEqual(batch?.records.map(shown), [[3, 'a', 'one', [['seq', '1']]]], compression);
  }
});

test('a batch that a fetch cut off is left for the next fetch', () => {
  const whole = batchBytes(0, [{ value: Buffer.from('one') }]);
  const next = batchBytes(1, [{ value: Buffer.from('two') }]);
  for (const cut of [1, 11, 12, 61, next.length - 1]) {
    const batches = storedBatches(Buffer.concat([whole, next.subarray(0, cut)]));
    assert.deepEqual(
      batches.map((batch) => batch.next),
      [1],
      `${cut} bytes of the second`,
    );
  }
  assert.equal(storedBatches(Buffer.concat([whole, next])).length, 2);
});

test('the broker’s own batches are told from records', () => {
  const bytes = batchBytes(0, [{ value: Buffer.from('marker') }]);
  bytes.writeInt16BE(0b110000, 21);
  assert.equal(storedBatches(bytes)[0]?.isControl, true);
});

test('a key is compared byte by byte', () => {
  const [record] = storedBatch(0, [{ key: Buffer.from('sku_1'), value: null }]).records;
  const compared = ['sku_1', 'sku_2', 'sku_', 'sku_11'].map((key) => record?.hasKey(key));
  assert.deepEqual(compared, [true, false, false, false]);
});

test('a header counts as a number only where it is nothing but digits', () => {
  const number = (...values: string[]) => {
    const headers = values.map((value) => ['seq', value] as const);
    return storedBatch(0, [
      { value: null, headers: [['se', '5'], ['seqs', '6'], ...headers] },
    ]).records[0]?.wholeHeader(SEQ);
  };
  assert.deepEqual(
    ['0', '12', '123456789012345'].map((text) => number(text)),
    [0, 12, 123_456_789_012_345],
  );
  assert.deepEqual(
    ['', '-1', '1e3', ' 1', '1234567890123456'].map((text) => number(text)),
    Array(5).fill(undefined),
  );
  assert.equal(number(), undefined, 'absent');
  assert.equal(number('1', '2'), 1, 'the first of a name counts');
});
