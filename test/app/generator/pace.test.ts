/** The pace keeps to its rate, on a clock of the test's own. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { createPace } from '../../../src/app/generator/pace.ts';

/** A clock that moves only when somebody sleeps. */
function createClock() {
  let nowMs = 1_000_000;
  return {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
}

/** Asks for records until so many milliseconds have passed; answers how many were allowed. */
async function allowedIn(
  rate: number,
  ms: number,
  standstillMs = 0,
  share: () => number = () => 1,
): Promise<number> {
  const clock = createClock();
  const pace = createPace(rate, share, clock);
  await clock.sleep(standstillMs);
  const endMs = clock.nowMs() + ms;
  let allowed = 0;
  while (clock.nowMs() < endMs) {
    allowed += await pace();
    await clock.sleep(3);
  }
  return allowed;
}

for (const rate of [7, 1_000, 50_000]) {
  test(`${rate} records per second come at that rate`, async () => {
    const allowed = await allowedIn(rate, 10_000);
    assert.ok(Math.abs(allowed - 10 * rate) <= Math.max(1, rate / 10), `${allowed} in 10 s`);
  });
}

test('after a standstill no more than a second is made up for', async () => {
  const allowed = await allowedIn(1_000, 1_000, 3_600_000);
  assert.ok(allowed <= 2_200, `${allowed} in the second after an hour's standstill`);
});

test('a share of the rate is kept to, also where it changes', async () => {
  const quarter = await allowedIn(1_000, 10_000, 0, () => 0.25);
  assert.ok(Math.abs(quarter - 2_500) <= 100, `${quarter} in 10 s`);
  let asked = 0;
  const allowed = await allowedIn(1_000, 10_000, 0, () => (++asked > 100 ? 0.5 : 0));
  // Nothing while there is no share, about 5 s of it, and nothing of that is made up for.
  assert.ok(allowed > 2_000 && allowed < 2_800, `${allowed} in 10 s`);
});

test('max never waits', async () => {
  assert.ok((await createPace('max')()) >= 1_000);
});
