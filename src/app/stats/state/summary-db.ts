/** Reads the summary through the state DB: each answer first asks for the revision, and only what changed is fetched. */
import type { Valkey } from '../../runtime/valkey.ts';
import type { SummaryRow } from '../../version.ts';
import type { StateKeys } from './keys.ts';
import { Mirror } from './mirror.ts';

const ROWS_A_CALL = 5_000;

/** What a reader knows of the state at one moment. */
export interface Snapshot {
  readonly mirror: Mirror;
  /** Changes whenever anything that can be read changes; safe to use in an entity tag. */
  readonly stamp: string;
  readonly revision: number;
  /** When a row was last accepted, in ms since 1970; null where none was. */
  readonly updatedMs: number | null;
  /** False while the topic is read into a new state; what is there then may be older than what was shown before. */
  readonly complete: boolean;
}

/** The state DB cannot be asked now. */
export class StateUnavailableError extends Error {
  constructor(cause: unknown) {
    super('the state DB does not answer', { cause });
    this.name = 'StateUnavailableError';
  }
}

/** The reading side of the state. */
export interface SummaryDb {
  /** The state as it is at this call or later, so that no two answers ever go back; throws `StateUnavailableError`. */
  current(): Promise<Snapshot>;
  /** What was known when `current` was last answered. */
  known(): { readonly rows: number; readonly records: number; readonly revision: number };
}

type Head = Pick<Snapshot, 'revision' | 'updatedMs' | 'complete'> & {
  readonly incarnation: string;
};

/** Opens the reading side of the state under `keys`. */
export function openSummaryDb(client: Valkey, keys: StateKeys): SummaryDb {
  const mirror = new Mirror();
  let known: Head = { incarnation: '', revision: 0, updatedMs: null, complete: false };

  async function refresh(): Promise<Snapshot> {
    const head = await readHead(client, keys);
    const sameState = head.incarnation === known.incarnation;
    if (sameState && head.revision < known.revision) throw new Error('the state went back');
    const since = sameState ? known.revision : 0;
    const rows = head.revision > since ? await readChanged(client, keys, since) : [];
    if (!sameState) mirror.clear();
    for (const row of rows) mirror.put(row);
    known = head;
    const { incarnation, ...rest } = head;
    return { ...rest, mirror, stamp: `${incarnation.slice(0, 8)}-${head.revision}` };
  }

  return {
    current: shareRuns(refresh),
    known: () => ({ rows: mirror.rows, records: mirror.records, revision: known.revision }),
  };
}

/** Lets callers share runs of `task`: who calls during a run gets the next one, which starts after the call. */
function shareRuns(task: () => Promise<Snapshot>): () => Promise<Snapshot> {
  let running: Promise<unknown> | undefined;
  let queued: Promise<Snapshot> | undefined;

  async function run(): Promise<Snapshot> {
    try {
      return await task();
    } catch (error) {
      throw new StateUnavailableError(error);
    }
  }

  function start(): Promise<Snapshot> {
    const result = run();
    const done = result.then(
      () => undefined,
      () => undefined,
    );
    running = done;
    void done.then(() => {
      if (running === done) running = undefined;
    });
    return result;
  }

  return () => {
    if (running === undefined) return start();
    queued ??= running.then(() => {
      queued = undefined;
      return start();
    });
    return queued;
  };
}

async function readHead(client: Valkey, keys: StateKeys): Promise<Head> {
  const [revision, meta] = await Promise.all([
    client.get(keys.revision),
    client.hmget(keys.meta, 'incarnation', 'updatedMs', 'complete'),
  ]);
  return {
    incarnation: meta[0] ?? '',
    revision: Number(revision ?? 0),
    updatedMs: meta[1] ? Number(meta[1]) : null,
    complete: meta[2] === '1',
  };
}

/** Rows that changed after a revision, some perhaps newer still: the next answer will ask for those again. */
async function readChanged(client: Valkey, keys: StateKeys, after: number): Promise<SummaryRow[]> {
  const names = await client.zrangebyscore(keys.changed, `(${after}`, '+inf');
  const rows: SummaryRow[] = [];
  for (let from = 0; from < names.length; from += ROWS_A_CALL) {
    const found = await client.hmget(keys.rows, ...names.slice(from, from + ROWS_A_CALL));
    for (const text of found) {
      if (text === null) throw new Error('the state was wiped while it was read');
      rows.push(JSON.parse(text) as SummaryRow);
    }
  }
  return rows;
}
