/** Waits until a component answers in its own protocol, for as long as its process runs. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessFailure } from './errors.ts';
import { LocalError, messageOf, ProcessError } from './errors.ts';
import type { Child } from './process/child.ts';
import { describeEnd } from './process/child.ts';

const pollMs = 40;

/** What is waited for. */
export interface Wait<T> {
  /** Name for messages, e.g. `kafka-1`. */
  readonly subject: string;
  readonly limitMs: number;
  /** Resolves with the answer, rejects while there is none yet. */
  readonly probe: () => Promise<T>;
  /** The process that is to answer; absent for the user's own component. */
  readonly child?: Child;
  /** The reason in what an ended process left behind; default: its last line. */
  readonly explain?: (failure: ProcessFailure) => string;
}

/** Resolves with the first answer; rejects with a {@link ProcessError} where the process ends first and with `NOT_READY` after the limit. */
export async function untilReady<T>(wait: Wait<T>): Promise<T> {
  const deadline = Date.now() + wait.limitMs;
  let over: Error | undefined;
  void wait.child?.ended.then((failure) => {
    const reason = wait.explain?.(failure) ?? failure.tail.at(-1) ?? 'it said nothing';
    const what = `${wait.subject} ended before it was ready (${describeEnd(failure)})`;
    over = new ProcessError(`${what}: ${reason}`, failure);
  });
  for (;;) {
    try {
      return await wait.probe();
    } catch (cause) {
      if (over) throw over;
      if (Date.now() >= deadline) throw notReady(wait, cause);
    }
    await delay(pollMs);
    if (over) throw over;
  }
}

function notReady(wait: Wait<unknown>, cause: unknown): LocalError {
  return new LocalError(
    'NOT_READY',
    `${wait.subject} was not ready after ${wait.limitMs / 1000} s: ${messageOf(cause)}`,
    { cause },
  );
}
