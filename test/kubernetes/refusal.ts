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
  assert.ok(error instanceof Error);
  const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
  process.stderr.write(`  told after ${seconds} s: ${error.message.slice(0, 80)}…\n`);
  assert.ok(Date.now() - startMs < WITHIN_MS, `said after ${seconds} s`);
  return error.message;
}
