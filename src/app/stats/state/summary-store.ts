/** Writes summary rows into the state DB, each batch in one atomic call. */
import { randomUUID } from 'node:crypto';
import type { Valkey } from '../../runtime/valkey.ts';
import { loadScript } from '../../runtime/valkey.ts';
import type { SummaryRow } from '../../version.ts';
import type { StateKeys } from './keys.ts';

/** A row as it came from the topic. */
export interface ReadRow {
  readonly offset: number;
  /** `<sku>|<yyyy-mm>` */
  readonly key: string;
  readonly row: SummaryRow;
}

/** What was read from one partition: the rows of all offsets from `from` up to, not including, `to`. */
export interface PartitionRows {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  /** At most one of each key. */
  readonly rows: readonly ReadRow[];
}

/** Where the state stands: its incarnation, and the offset to read next in each partition it knows. */
export interface Position {
  readonly incarnation: string;
  readonly next: ReadonlyMap<number, number>;
}

/** `rewind` reads the topic from its start again; `anew` hides a state that went back until it is level. */
export type Beginning = 'resume' | 'rewind' | 'anew';

/** `lost`: the state was wiped or damaged; `went-back`: it is at an earlier offset or revision than it was. */
export type ApplyOutcome = 'applied' | 'lost' | 'went-back';

/** The writing side of the state. */
export interface SummaryStore {
  /** Makes the state ready for a topic. */
  begin(topicId: string, how: Beginning): Promise<Position>;
  /** Applies a batch; a row is taken where its version is not lower than the one that is there. `complete`: the topic is read to its end. */
  apply(
    incarnation: string,
    batch: readonly PartitionRows[],
    complete: boolean,
  ): Promise<ApplyOutcome>;
}

const beginScript = loadScript(new URL('begin.lua', import.meta.url));
const applyScript = loadScript(new URL('apply.lua', import.meta.url));

/** Opens the writing side of the state under `keys`. */
export function openSummaryStore(client: Valkey, keys: StateKeys): SummaryStore {
  let seen = { incarnation: '', revision: 0 };
  const named = [keys.rows, keys.changed, keys.revision, keys.next, keys.meta];
  return {
    async begin(topicId, how) {
      const args = [topicId, randomUUID(), how];
      const [incarnation, ...pairs] = await beginScript(client, named, args);
      const next = new Map<number, number>();
      for (let i = 0; i < pairs.length; i += 2) next.set(Number(pairs[i]), Number(pairs[i + 1]));
      return { incarnation, next };
    },

    async apply(incarnation, batch, complete) {
      const args = [incarnation, Date.now(), complete ? 'complete' : '', asJson(batch)];
      const [word, text] = await applyScript(client, named, args);
      if (word !== 'OK') return word === 'LOST' ? 'lost' : 'went-back';
      const revision = Number(text);
      if (seen.incarnation === incarnation && revision < seen.revision) return 'went-back';
      seen = { incarnation, revision };
      return 'applied';
    },
  };
}

/** The batch as the script reads it; whole numbers that it writes back go as text, which it does not round. */
function asJson(batch: readonly PartitionRows[]): string {
  const parts = batch.map(({ partition, from, to, rows }) => ({
    partition: String(partition),
    from: String(from),
    to: String(to),
    rows: rows.map(({ offset, key, row }) => [offset, row.version, key, JSON.stringify(row)]),
  }));
  return JSON.stringify(parts);
}
