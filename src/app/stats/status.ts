/** How this process is doing, for people: what it shows, how fresh that is, and what keeps it from being fresh. */
import { HOURS } from '../runtime/calendar.ts';
import type { Serving } from './serving.ts';
import type { Snapshot } from './state/summary-db.ts';
import { StateUnavailableError } from './state/summary-db.ts';

/** Shorter lags than this come and go all the time. */
const BEHIND_AFTER_MS = 5_000;
/** Kafka is asked each second where the topic ends. */
const SILENT_AFTER_MS = 5_000;

/** `live`: all that is in the topic is shown. */
export type Condition = 'live' | 'behind' | 'rebuilding' | 'kafka-away' | 'state-away';

/** Answers `GET /status`; remembers since when something is behind. */
export function createStatus(serving: Serving) {
  let lastLevelMs = Date.now();

  function conditionOf(snapshot: Snapshot | undefined): readonly [Condition, string] {
    const { problem, lagRecords, heardMs } = serving.progress;
    const silentMs = Date.now() - heardMs;
    if (snapshot === undefined) return ['state-away', 'the state DB does not answer'];
    if (problem !== null) return ['kafka-away', problem];
    if (silentMs > SILENT_AFTER_MS) {
      return ['kafka-away', `Kafka has not answered for ${Math.round(silentMs / 1_000)} s`];
    }
    if (!snapshot.complete) return ['rebuilding', 'the summary is being read from the topic'];
    if (lagRecords === 0) lastLevelMs = Date.now();
    if (Date.now() - lastLevelMs < BEHIND_AFTER_MS)
      return ['live', 'all that is in the topic is shown'];
    return ['behind', `${lagRecords} summary rows are still to be read`];
  }

  return async () => {
    const snapshot = await snapshotOf(serving);
    const [condition, detail] = conditionOf(snapshot);
    const skus = snapshot?.mirror.skus.length ?? null;
    const updatedMs = snapshot?.updatedMs ?? null;
    return {
      version: serving.version.name,
      runId: serving.runId,
      instance: serving.instance,
      condition,
      detail,
      now: new Date().toISOString(),
      updatedAt: updatedMs === null ? null : new Date(updatedMs).toISOString(),
      revision: snapshot?.revision ?? null,
      rows: snapshot?.mirror.rows ?? null,
      skus,
      records: snapshot?.mirror.records ?? null,
      recordsExpected: skus === null ? null : skus * HOURS,
      lagRecords: serving.progress.lagRecords,
      undecodable: serving.progress.undecodable,
    };
  };
}

async function snapshotOf({ db }: Serving): Promise<Snapshot | undefined> {
  try {
    return await db.current();
  } catch (error) {
    if (error instanceof StateUnavailableError) return undefined;
    throw error;
  }
}
