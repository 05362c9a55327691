/** Waits at a step until enough records were counted under it and every gate says pass, and stops at once where a gate fails. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Observer } from './observer.ts';

/** A gate failed; `reason` has the words of each. */
export class GateFailedError extends Error {
  override readonly name = 'GateFailedError';
}

/** Nothing says that it goes wrong, and nothing that it goes right. */
export class UndecidedError extends Error {
  override readonly name = 'UndecidedError';
}

const POLL_MS = 50;
/** After so long without anything new nothing can be said. */
const STILL_MS = 30_000;
/** Audits that must begin and end within a step. */
const AUDITS = 2;

/** What waiting at a step looks at. */
export type Baked = Pick<Observer, 'analysis' | 'latest' | 'audits' | 'auditFailure'>;

/** Rejects where a gate fails. */
export function checkGates({ analysis }: Pick<Baked, 'analysis'>): void {
  const failing = analysis?.failing() ?? [];
  if (failing.length === 0) return;
  throw new GateFailedError(failing.map(({ gate, detail }) => `${gate}: ${detail}`).join('; '));
}

/** Records that the Back End which readers see has counted. */
export function countedBy({ latest }: Pick<Baked, 'latest'>): number {
  return latest?.partitions.reduce((sum, { next }) => sum + next, 0) ?? 0;
}

/**
 * Resolves when `records` more are counted, everything is that the log held by then, every instance is ready, and, under an
 * analysis, all that is audited with every gate at pass; so no version passes on the work of another. Rejects with
 * {@link UndecidedError} after 30 s without a record counted, or with enough counted and the rest of it missing.
 */
export async function bake(
  observer: Baked,
  records: number,
  interrupt: AbortSignal,
): Promise<void> {
  const [from, auditsBefore] = [countedBy(observer), observer.audits];
  let [most, movedMs] = [from, performance.now()];
  let ends: LogEnds | undefined;
  for (;;) {
    interrupt.throwIfAborted();
    checkGates(observer);
    const isEnough = most - from >= records;
    if (isEnough) ends ??= logEndsIn(observer);
    if (ends && isCountedUpTo(observer, ends) && isWhole(observer)) {
      if (isDecided(observer, auditsBefore)) return;
    }
    const counted = countedBy(observer);
    if (!isEnough && counted > most) [most, movedMs] = [counted, performance.now()];
    if (performance.now() - movedMs > STILL_MS) throw undecided(observer, ends);
    await sleep(POLL_MS);
  }
}

/** Resolves when what runs now was audited with every gate at pass. */
export function untilAudited(observer: Baked, interrupt: AbortSignal): Promise<void> {
  return bake(observer, 0, interrupt);
}

/** Where the log ended at a moment, by partition. */
type LogEnds = ReadonlyMap<number, number>;

function logEndsIn({ latest }: Baked): LogEnds {
  return new Map(latest?.partitions.map(({ partition, logEnd }) => [partition, logEnd]));
}

function isCountedUpTo({ latest }: Baked, ends: LogEnds): boolean {
  return (latest?.partitions ?? []).every(
    ({ partition, next }) => next >= (ends.get(partition) ?? 0),
  );
}

/** An instance that has just ended is not started again yet, so the gate for restarts cannot know of it. */
function isWhole({ latest }: Baked): boolean {
  const instances = latest?.deployments.flatMap((deployment) => deployment.instances) ?? [];
  return instances.every(({ ready }) => ready);
}

/** Inconclusive never passes. */
function isDecided({ analysis, audits }: Baked, before: number): boolean {
  if (analysis === undefined) return true;
  return audits >= before + AUDITS && analysis.undecided().length === 0;
}

function undecided(observer: Baked, ends: LogEnds | undefined): UndecidedError {
  const { analysis, auditFailure } = observer;
  const open = analysis?.undecided() ?? [];
  const words = [
    `${whatIsMissing(observer, ends)} for ${STILL_MS / 1000} s`,
    ...(open.length > 0 ? [`no word of: ${open.join(', ')}`] : []),
    ...(auditFailure === undefined ? [] : [`the last audit failed: ${auditFailure}`]),
  ];
  return new UndecidedError(words.join('; '));
}

function whatIsMissing(observer: Baked, ends: LogEnds | undefined): string {
  if (ends === undefined) return 'no record was counted';
  if (!isCountedUpTo(observer, ends)) return 'what the log held was not all counted';
  return isWhole(observer) ? 'not every gate had a word' : 'not every instance was ready';
}
