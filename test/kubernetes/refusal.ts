/** Sees that something is refused, and in time. */
import assert from 'node:assert/strict';

const WITHIN_MS = 60_000;

/** Fails unless the work is refused within a minute; answers with what was said. */
export async function refusal(work: () => Promise<unknown>): Promise<string> {
  const startMs = Date.now();
  const error = await work().then(
    () => assert.fail('it was not refused'),
    (reason: unknown) => reason,
  );
  assert.ok(Date.now() - startMs < WITHIN_MS, `said after ${Date.now() - startMs} ms`);
  assert.ok(error instanceof Error);
  return error.message;
}
