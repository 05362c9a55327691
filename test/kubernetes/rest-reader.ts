/** A reader who asks REST again and again, and counts what he misses. */
import { setTimeout as sleep } from 'node:timers/promises';

/** A reader at work. */
export interface Reader {
  /** A place in what was seen, for a report from there on. */
  mark(): number;
  /** Requests, errors by kind, and the longest time without an answer, in words. */
  report(from?: number): string;
  stop(): void;
}

interface Seen {
  readonly atMs: number;
  /** Undefined where it was answered. */
  readonly error: string | undefined;
}

const PAUSE_MS = 100;
const PATIENCE_MS = 5_000;

/** Starts asking. */
export function startReader(url: string): Reader {
  const seen: Seen[] = [];
  let stopped = false;
  void (async () => {
    while (!stopped) {
      const error = await ask(url);
      seen.push({ atMs: Date.now(), error });
      await sleep(PAUSE_MS, undefined, { ref: false });
    }
  })();
  return {
    mark: () => seen.length,
    report: (from = 0) => describe(seen.slice(from)),
    stop() {
      stopped = true;
    },
  };
}

async function ask(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await answer.arrayBuffer();
    return answer.ok ? undefined : String(answer.status);
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

function describe(seen: readonly Seen[]): string {
  const kinds = new Map<string, number>();
  let longestMs = 0;
  let answeredMs = seen[0]?.atMs ?? 0;
  for (const { atMs, error } of seen) {
    longestMs = Math.max(longestMs, atMs - answeredMs);
    if (error === undefined) answeredMs = atMs;
    else kinds.set(error, (kinds.get(error) ?? 0) + 1);
  }
  const errors = [...kinds].map(([kind, count]) => `${count} × ${kind}`).join(', ') || 'no error';
  return `${seen.length} requests, ${errors}, longest without an answer ${(longestMs / 1000).toFixed(1)} s`;
}
