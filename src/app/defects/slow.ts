/** Defective build: the Back End counts far more slowly than records come. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Defect } from './defect.ts';

const MS_A_RECORD = 20;

/** Waits before each batch is applied, but not any more once the process was asked to stop. */
export const slow: Defect = {
  what: `the Back End counts ${1_000 / MS_A_RECORD} records per second and partition at most`,
  backEnd(parts) {
    const stopping = new AbortController();
    process.once('SIGTERM', () => stopping.abort());
    return {
      ...parts,
      openState(partition, scripts) {
        const state = parts.openState(partition, scripts);
        return {
          ...state,
          async apply(token, incarnation, batch) {
            await wait((batch.next - batch.first) * MS_A_RECORD, stopping.signal);
            return state.apply(token, incarnation, batch);
          },
        };
      },
    };
  },
};

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
}
