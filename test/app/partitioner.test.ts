/** Keys go to the partitions that Kafka's own clients choose. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { compatibilityPartitioner } from '@platformatic/kafka';
import { keyHash, partitionOf } from '../../src/app/runtime/partitioner.ts';

test('hashes are those that Kafka’s own tests state', () => {
  // org.apache.kafka.common.utils.UtilsTest#testMurmur2
  const stated: readonly [string, number][] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ];
  for (const [key, hash] of stated) {
    assert.equal(keyHash(Buffer.from(key)), hash & 0x7fffffff, key);
  }
});

test('hashes of keys of any length are those of the client library', () => {
  for (let length = 0; length < 64; length++) {
    const key = randomBytes(length);
    const expected = compatibilityPartitioner({ topic: '', value: key }, key);
    assert.equal(keyHash(key), expected, key.toString('hex'));
    assert.equal(partitionOf(key, 6), expected % 6);
  }
});
