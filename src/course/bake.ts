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

/** Rejects where a gate fails. */
export function checkGates({ analysis }: Observer): void {
  const failing = analysis?.failing() ?? [];
  if (failing.length === 0) return;
  throw new GateFailedError(failing.map(({ gate, detail }) => `${gate}: ${detail}`).join('; '));
}

/** Records that the Back End which readers see has counted. */
export function countedBy({ latest }: Observer): number {
  return latest?.partitions.reduce((sum, { next }) => sum + next, 0) ?? 0;
}

/**
 * Resolves when `records` more are counted and, under an analysis, audited with every gate at pass; rejects with
 * {@link UndecidedError} after 30 s without a record counted, or without a word of every gate once enough are counted.
 */
export async function bake(
  observer: Observer,
  records: number,
  interrupt: AbortSignal,
): Promise<void> {
  const [from, auditsBefore] = [countedBy(observer), observer.audits];
  let [most, movedMs] = [from, performance.now()];
  for (;;) {
    interrupt.throwIfAborted();
    checkGates(observer);
    const isEnough = most - from >= records;
    if (isEnough && isDecided(observer, auditsBefore)) return;
    const counted = countedBy(observer);
    if (!isEnough && counted > most) [most, movedMs] = [counted, performance.now()];
    if (performance.now() - movedMs > STILL_MS) throw undecided(observer, isEnough);
    await sleep(POLL_MS);
  }
}

/** Resolves when what runs now was audited with every gate at pass. */
export function untilAudited(observer: Observer, interrupt: AbortSignal): Promise<void> {
  return bake(observer, 0, interrupt);
}

/** Inconclusive never passes. */
function isDecided({ analysis, audits }: Observer, before: number): boolean {
  if (analysis === undefined) return true;
  return audits >= before + AUDITS && analysis.undecided().length === 0;
}

function undecided({ analysis, auditFailure }: Observer, isEnough: boolean): UndecidedError {
  const what = isEnough ? 'not every gate had a word' : 'no record was counted';
  const open = analysis?.undecided() ?? [];
  const words = [
    `${what} for ${STILL_MS / 1000} s`,
    ...(open.length > 0 ? [`no word of: ${open.join(', ')}`] : []),
    ...(auditFailure === undefined ? [] : [`the last audit failed: ${auditFailure}`]),
  ];
  return new UndecidedError(words.join('; '));
}
