/** Tests that a Back End which is held still says so only when all that it took is applied, and goes on by itself. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hold } from '../../../src/app/back-end/hold.ts';

suite('a hold', () => {
  test('is told once nothing is under way', async () => {
    const hold = new Hold();
    const owner = { isIdle: false };
    const held = hold.set(5_000, () => [owner]);
    assert.equal(hold.isOn, true);
    assert.equal(await Promise.race([held, sleep(50, 'waits')]), 'waits');
    owner.isIdle = true;
    assert.equal(await held, true);
    assert.equal(hold.isOn, true);
  });

  test('ends by itself, and then is none', async () => {
    const hold = new Hold();
    assert.equal(await hold.set(30, () => [{ isIdle: false }]), false);
    assert.equal(hold.isOn, false);
  });

  test('ends when it is told to', async () => {
    const hold = new Hold();
    assert.equal(await hold.set(5_000, () => []), true);
    await hold.set(0, () => []);
    assert.equal(hold.isOn, false);
  });
});
