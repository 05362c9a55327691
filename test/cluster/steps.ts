/** Says of every step what it does and how long it took. */
import { messageOf } from '../../src/platform/local/errors.ts';

/** Receives one line for people. */
export type Log = (line: string) => void;

const firstNoteMs = 3_000;
const nextNotesMs = 30_000;

/** Runs one step and tells its end; one that takes longer also says that it goes on. */
export async function step<T>(log: Log, what: string, work: () => Promise<T>): Promise<T> {
  const startMs = performance.now();
  const seconds = (): string => ((performance.now() - startMs) / 1000).toFixed(1);
  const note = (): void => log(`… ${what} (${seconds()} s so far)`);
  let repeat: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    note();
    repeat = setInterval(note, nextNotesMs);
  }, firstNoteMs);
  try {
    const result = await work();
    log(`✔ ${what} (${seconds()} s)`);
    return result;
  } catch (error) {
    log(`✖ ${what} (${seconds()} s): ${messageOf(error)}`);
    throw error;
  } finally {
    clearTimeout(first);
    clearInterval(repeat);
  }
}
