/** Tests how long is waited for the pipeline to drain. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import type { Progress } from '../../src/history/drain.ts';
import { waitForDrain } from '../../src/history/drain.ts';

const idle: Progress = { ends: [5, 3], nexts: [5, 3], dirty: 0 };

/** Answers the steps one after the other, and the last one for ever. */
function steps(...all: Progress[]) {
  const left = [...all];
  return async () => (left.length > 1 ? left.shift() : left[0]) ?? idle;
}

suite('waiting for the drain', () => {
  test('ends at once where nothing is under way', async () => {
    assert.equal(await waitForDrain(steps(idle), { timeoutMs: 0, whileProducing: false }), true);
  });

  test('lasts until all records are counted and all rows published', async () => {
    const look = steps({ ...idle, nexts: [4, 3] }, { ...idle, dirty: 2 }, idle);
    assert.equal(await waitForDrain(look, { timeoutMs: 10_000, whileProducing: false }), true);
  });

  test('ends at the timeout where a partition stands still', async () => {
    const look = steps({ ...idle, nexts: [4, 3] });
    assert.equal(await waitForDrain(look, { timeoutMs: 300, whileProducing: false }), false);
  });

  test('ends early where the log keeps growing, unless that is to end, too', async () => {
    let end = 5;
    const look = async () => ({ ends: [end++], nexts: [0], dirty: 1 });
    const startMs = performance.now();
    const options = { timeoutMs: 2_500, whileProducing: false };
    assert.equal(await waitForDrain(look, options), false);
    assert.ok(performance.now() - startMs < 2_400);
    const whole = { ...options, whileProducing: true };
    assert.equal(await waitForDrain(look, whole), false);
    assert.ok(performance.now() - startMs > 2_500);
  });

  test('ends with an error when it is aborted', async () => {
    const look = steps({ ...idle, dirty: 1 });
    const options = { timeoutMs: 10_000, whileProducing: true, signal: AbortSignal.timeout(50) };
    await assert.rejects(waitForDrain(look, options), { name: 'AbortError' });
  });
});
