/** Waits at a step until enough records were counted under it, and stops at once where a gate fails. */

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
/** Without a record counted for this long nothing can be said. */
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

/** Resolves when `records` more are counted and, under an analysis, audited with every gate at pass. */
export async function bake(
  observer: Observer,
  records: number,
  interrupt: AbortSignal,
): Promise<void> {
  const [from, auditsBefore] = [countedBy(observer), observer.audits];
  let [most, grewMs] = [from, performance.now()];
  for (;;) {
    interrupt.throwIfAborted();
    checkGates(observer);
    const counted = countedBy(observer);
    if (counted > most) [most, grewMs] = [counted, performance.now()];
    if (counted - from >= records && isAudited(observer, auditsBefore)) return;
    if (performance.now() - grewMs > STILL_MS && counted - from < records) {
      const undecided = observer.analysis?.undecided().join(', ');
      throw new UndecidedError(
        `no record was counted for ${STILL_MS / 1000} s${undecided ? `; no word of: ${undecided}` : ''}`,
      );
    }
    await sleep(POLL_MS);
  }
}

function isAudited({ analysis, audits }: Observer, before: number): boolean {
  return analysis === undefined || audits >= before + AUDITS;
}
