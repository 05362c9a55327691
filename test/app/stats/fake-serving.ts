/** A Summary Stats UI over rows in memory, for tests of what it answers. */
import pino from 'pino';
import { createMetrics } from '../../../src/app/runtime/service-http.ts';
import { createStatsHttp } from '../../../src/app/stats/http/server.ts';
import { Progress } from '../../../src/app/stats/progress.ts';
import { Mirror } from '../../../src/app/stats/state/mirror.ts';
import type { SummaryDb } from '../../../src/app/stats/state/summary-db.ts';
import type { SummaryRow } from '../../../src/app/version.ts';
import { loadVersion } from '../../../src/app/versions/load.ts';

/** A row of `summary-stats` with what a test wants in it. */
export function row(sku: string, year: number, month: number, change: object = {}): SummaryRow {
  const rest = { records: 720, manufactured_qty: 100, partition: 0, version: 1 };
  return { sku, year, month, ...rest, ...change };
}

/** A state that a test can change; every `put` is a new revision. */
function createFakeState(rows: readonly SummaryRow[]) {
  const mirror = new Mirror();
  const state = {
    revision: 1,
    complete: true,
    /** Thrown by the next calls, where set. */
    failure: undefined as Error | undefined,
    put(changed: SummaryRow): void {
      mirror.put(changed);
      state.revision++;
    },
  };
  for (const each of rows) mirror.put(each);
  const db: SummaryDb = {
    async current() {
      if (state.failure) throw state.failure;
      const { revision, complete } = state;
      return { mirror, revision, complete, stamp: `s-${revision}`, updatedMs: 1_000 };
    },
    known: () => ({ rows: mirror.rows, records: mirror.records, revision: state.revision }),
  };
  return { db, state };
}

/** The HTTP server of a version over such a state, to be asked with `inject`. */
export async function createFakeHttp(versionName: string, rows: readonly SummaryRow[]) {
  const version = await loadVersion(versionName);
  const { db, state } = createFakeState(rows);
  const progress = new Progress();
  const serving = { version, seed: 1, runId: 'run-1', instance: 'stats-0', db, progress };
  const http = await createStatsHttp(serving, createMetrics({}), pino({ level: 'silent' }));
  return { http, state, progress };
}
