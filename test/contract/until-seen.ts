/** Waits in tests for what a platform does in its own time. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until there is something; fails after the limit. */
export async function untilSeen<T>(
  look: () => Promise<T | undefined>,
  { limitMs = 30_000, pauseMs = 50 }: { readonly limitMs?: number; readonly pauseMs?: number },
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    assert.ok(Date.now() < deadline, `not seen within ${limitMs / 1000} s`);
    await delay(pauseMs);
  }
}
