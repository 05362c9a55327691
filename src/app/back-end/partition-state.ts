/** The state of input partitions in Valkey: totals and the offset that they account for, changed together or not at all. */
import { randomUUID } from 'node:crypto';
import type { Valkey } from '../runtime/valkey.ts';
import { loadScript } from '../runtime/valkey.ts';
import type { FoldedBatch, SkuProgress } from './fold.ts';
import type { UnpublishedPage } from './unpublished-page.ts';
import { pageOf } from './unpublished-page.ts';

/** Who may write: a later deployment or group generation shuts out every earlier one. */
export interface FencingToken {
  readonly deployment: number;
  readonly generation: number;
  readonly owner: string;
}

/** What a partition's state says when it is taken over. */
export type Acquired =
  | { readonly status: 'OK'; readonly incarnation: string; readonly next: number }
  | { readonly status: 'NOSTATE' }
  | { readonly status: 'TOPIC'; readonly storedTopicId: string }
  | { readonly status: 'FENCED'; readonly holder: string };

/** What became of a batch; only `OK` changed anything. */
export type Applied = 'OK' | 'NOSTATE' | 'FENCED' | 'DUPLICATE' | 'OVERLAP' | 'GAP' | 'SEQ';

/** One partition's state; see `docs/concepts.md` for the keys. */
export interface PartitionState {
  acquire(token: FencingToken, topicId: string): Promise<Acquired>;
  /** Creates the state where there is none; `next` is where the log starts. */
  initialise(token: FencingToken, topicId: string, next: number): Promise<void>;
  /** What is stored now; undefined where there is no state. */
  standing(): Promise<{ readonly incarnation: string; readonly next: number } | undefined>;
  /** How far each SKU is counted. */
  progress(): Promise<Map<string, SkuProgress>>;
  apply(token: FencingToken, incarnation: string, batch: FoldedBatch): Promise<Applied>;
  /** Every row that is not confirmed, in pages; ends early where the token is superseded. */
  unpublished(token: FencingToken, incarnation: string): AsyncGenerator<UnpublishedPage>;
  confirm(incarnation: string, page: UnpublishedPage): Promise<void>;
}

/** The scripts that change and list the state, one atomic call each. */
export type StateScripts = ReturnType<typeof stateScripts>;

/** Reads the scripts from their files; a defect may edit them. */
export function stateScripts(edit: (name: string, lua: string) => string = (_name, lua) => lua) {
  const script = (name: string) =>
    loadScript(new URL(`scripts/${name}.lua`, import.meta.url), (lua) => edit(name, lua));
  return {
    acquire: script('acquire'),
    initialise: script('initialise'),
    apply: script('apply'),
    unpublished: script('unpublished'),
    confirm: script('confirm'),
  };
}

const ownScripts = stateScripts();

const PAGE_ROWS = 1000;

/** The state of one partition in a namespace. */
export function openPartitionState(
  client: Valkey,
  namespace: string,
  partition: number,
  scripts: StateScripts = ownScripts,
): PartitionState {
  const key = (part: string) => `${namespace}:{${partition}}:${part}`;
  const [meta, seq, totals, dirty] = [key('meta'), key('seq'), key('totals'), key('dirty')];

  return {
    async acquire(token, topicId) {
      const [status, ...rest] = await scripts.acquire(client, [meta], [...words(token), topicId]);
      if (status === 'OK') return { status, incarnation: rest[0] ?? '', next: Number(rest[1]) };
      if (status === 'TOPIC') return { status, storedTopicId: rest[0] ?? '' };
      if (status === 'FENCED') return { status, holder: rest.join(' ') };
      return { status: 'NOSTATE' };
    },

    async initialise(token, topicId, next) {
      const args = [...words(token), topicId, randomUUID(), next];
      await scripts.initialise(client, [meta, seq, totals, dirty], args);
    },

    async standing() {
      const [incarnation, next] = await client.hmget(meta, 'incarnation', 'next');
      return incarnation ? { incarnation, next: Number(next) } : undefined;
    },

    async progress() {
      const stored = await client.hgetall(seq);
      return new Map(
        Object.entries(stored).map(([sku, last]) => [sku, { last: Number(last), place: 0 }]),
      );
    },

    async apply(token, incarnation, batch) {
      const { first, next, undecodable, duplicates, seqs, rows } = batch;
      const counts = [first, next, undecodable, duplicates];
      const args = [...words(token), incarnation, ...counts, seqs, rows];
      const [status] = await scripts.apply(client, [meta, seq, totals, dirty], args);
      return status as Applied;
    },

    async *unpublished(token, incarnation) {
      let cursor = '0';
      do {
        const args = [...words(token), incarnation, cursor, PAGE_ROWS];
        const reply = await scripts.unpublished(client, [meta, totals, dirty], args);
        if (reply[0] !== 'OK') return;
        cursor = reply[1] ?? '0';
        const page = pageOf(reply[2] ?? '');
        if (page.rows.length > 0) yield page;
      } while (cursor !== '0');
    },

    async confirm(incarnation, page) {
      await scripts.confirm(client, [meta, dirty], [incarnation, page.text]);
    },
  };
}

function words(token: FencingToken): (string | number)[] {
  return [token.deployment, token.generation, token.owner];
}
