/** What the HTTP routes need to answer: the state, the version, and what this process knows of itself. */
import type { ApplicationVersion } from '../version.ts';
import { Problem } from './http/problem.ts';
import type { Progress } from './progress.ts';
import type { Snapshot, SummaryDb } from './state/summary-db.ts';

/** Given to each route. */
export interface Serving {
  readonly version: ApplicationVersion;
  readonly seed: number;
  readonly runId: string;
  readonly instance: string;
  readonly db: SummaryDb;
  readonly progress: Progress;
}

/** The state as it is now; throws a `Problem` (503) while it is being read anew, since parts of it would be older than what was shown before. */
export async function currentSummary({ db }: Pick<Serving, 'db'>): Promise<Snapshot> {
  const snapshot = await db.current();
  if (snapshot.complete) return snapshot;
  throw new Problem(503, 'The summary is being read from the topic; try again in a moment.');
}
