/** Tests that dead letters go out in requests that a broker takes. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { sendDeadLetters } from '../../../src/app/back-end/dead-letters.ts';
import type { DeadLetter } from '../../../src/app/back-end/fold.ts';

/** Number of letters in each request. */
async function requests(letters: readonly DeadLetter[]): Promise<readonly number[]> {
  const sent: number[] = [];
  const send = async (messages: readonly unknown[]) => void sent.push(messages.length);
  await sendDeadLetters({ send, close: async () => undefined }, 'dlq', 'raw', 3, letters);
  return sent;
}

function letter(bytes: number, offset: number): DeadLetter {
  const record = { offset, key: Buffer.from('sku_000000'), value: Buffer.alloc(bytes) };
  return { record, schemaId: 7, error: 'no value for defect_qty' } as unknown as DeadLetter;
}

test('many are sent in several requests, each far below the limit of a broker', async () => {
  const letters = Array.from({ length: 20_000 }, (_, offset) => letter(20, offset));
  const sent = await requests(letters);
  assert.equal(
    sent.reduce((sum, count) => sum + count, 0),
    20_000,
  );
  assert.ok(sent.length > 5 && Math.max(...sent) * (20 + 10 + 200) < 1_000_000, String(sent));
});

test('one that is larger than a portion goes alone, and its neighbours with others', async () => {
  const letters = [letter(10, 0), letter(900_000, 1), letter(10, 2), letter(10, 3)];
  assert.deepEqual(await requests(letters), [1, 1, 2]);
});

test('none is no request', async () => assert.deepEqual(await requests([]), []));
