/** Keeps the state DB level with the summary topic: one session of reading after the other. */
import { reasonOf } from '../runtime/reason.ts';
import type { ConsumeOptions, Next } from './session.ts';
import { pause, runSession, StateWentBackError } from './session.ts';

const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

/** Reads for ever; whatever goes wrong (Kafka, registry or DB away, state wiped, topic re-created) ends a session, and the next begins from the state. */
export function consumeSummaries(options: ConsumeOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const done = runSessions(options, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

async function runSessions(options: ConsumeOptions, stopping: AbortSignal): Promise<void> {
  const { progress, log } = options;
  let pauseMs = SHORTEST_PAUSE_MS;
  const next: Next = { how: 'resume' };
  while (!stopping.aborted) {
    const startedAtMs = Date.now();
    try {
      await runSession(options, next, stopping);
    } catch (error) {
      if (error instanceof StateWentBackError) next.how = 'anew';
      progress.problem = reasonOf(error);
      log.warn({ event: 'summary-session-ended' }, `reading the summary topic: ${reasonOf(error)}`);
    }
    const wasLong = Date.now() - startedAtMs > LONGEST_PAUSE_MS;
    pauseMs = wasLong ? SHORTEST_PAUSE_MS : Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    await pause(pauseMs, stopping);
  }
}
