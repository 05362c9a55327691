/** Looks while a lab runs whether the state is a prefix of the log, as I3 does afterwards, reading each record once. */

import type { Sources } from '../history/collect.ts';
import type { Finding, StatePartition } from '../history/history.ts';
import type { KafkaClient } from '../history/kafka-client.ts';
import { openKafka, topicExtent } from '../history/kafka-client.ts';
import type { LogBatch, TopicExtent } from '../history/log-input.ts';
import type { StateDb } from '../history/read-state.ts';
import { openState, readState } from '../history/read-state.ts';
import { readTopic } from '../history/read-topic.ts';
import { schemaLookup } from '../history/registry.ts';
import { comparePrefix } from './compare-prefix.ts';
import { LivePartition } from './live-partition.ts';
import { Tally } from './tally.ts';
import { Writers } from './writers.ts';

/** Where the state and its log are. */
export type LivePrefixSources = Pick<
  Sources,
  'run' | 'bootstrap' | 'registry' | 'state' | 'stateNamespace' | 'topics'
>;

/** What one look found. */
export interface LivePrefixReport {
  /** Records that the state accounts for; 0: there was nothing to compare. */
  readonly records: number;
  /** The first of each kind; none where every partition's state is the fold of its first `next` records. */
  readonly findings: readonly Finding[];
}

/** An audit at work; its looks take turns. */
export interface LivePrefixAudit {
  /** Reads the state, folds the log exactly up to it and compares; rejects where a server does not answer. */
  audit(): Promise<LivePrefixReport>;
  close(): Promise<void>;
}

type Partition = TopicExtent['partitions'][number];

/** Opens an audit of one namespace's state; nothing is read before the first look, which folds the log from its start. */
export function openLivePrefixAudit(sources: LivePrefixSources): LivePrefixAudit {
  const audit = new Audit(sources);
  let turn: Promise<unknown> = Promise.resolve();
  return {
    audit() {
      const report = turn.then(() => audit.look());
      turn = report.catch((error: unknown) => error);
      return report;
    },
    async close() {
      await turn;
      await audit.close();
    },
  };
}

class Audit {
  readonly #sources: LivePrefixSources;
  readonly #kafka: KafkaClient;
  readonly #db: StateDb;
  readonly #writers: Writers;
  readonly #folds = new Map<number, LivePartition>();
  #topicId = '';

  constructor(sources: LivePrefixSources) {
    this.#sources = sources;
    this.#kafka = openKafka(sources.bootstrap, [sources.topics.raw]);
    this.#db = openState(sources.state, sources.stateNamespace);
    this.#writers = new Writers([], schemaLookup(sources.registry));
  }

  async look(): Promise<LivePrefixReport> {
    const { raw } = this.#sources.topics;
    // The log's end is asked after the state was read, so that it holds all that the state accounts for.
    const partitions = (await topicExtent(this.#kafka, raw)).partitions.length;
    const state = await readState(this.#db, partitions);
    const extent = await topicExtent(this.#kafka, raw);
    if (extent.topicId !== this.#topicId) this.#folds.clear();
    this.#topicId = extent.topicId;
    const judged = state.partitions.flatMap((each) => {
      const of = extent.partitions[each.partition];
      // Nothing can be said where nothing is counted, or where retention has taken records away.
      return each.meta.next === undefined || of === undefined || of.start > 0
        ? []
        : [{ state: each, of, next: Number(each.meta.next) }];
    });
    await this.#foldUpTo(extent, judged);
    const tally = new Tally();
    let records = 0;
    for (const { state: stored, of, next } of judged) {
      comparePrefix(
        extent,
        of,
        this.#foldOf(of, stored).fold(Math.min(next, of.end)),
        stored,
        tally,
      );
      records += next;
    }
    return { records, findings: tally.toJSON().findings };
  }

  async close(): Promise<void> {
    this.#db[Symbol.dispose]();
    await this.#kafka[Symbol.asyncDispose]();
  }

  async #foldUpTo(
    extent: TopicExtent,
    judged: readonly { state: StatePartition; of: Partition; next: number }[],
  ): Promise<void> {
    const folds = new Map<number, LivePartition>();
    const partitions = judged.map(({ state, of, next }) => {
      const fold = this.#foldOf(of, state);
      folds.set(of.partition, fold);
      return { partition: of.partition, start: fold.position, end: Math.min(next, of.end) };
    });
    const wanted = new Map(partitions.map(({ partition, end }) => [partition, end]));
    for await (const batch of readTopic(this.#kafka, { ...extent, partitions })) {
      await this.#add(batch, folds.get(batch.partition), wanted.get(batch.partition) ?? 0);
    }
  }

  async #add(batch: LogBatch, fold: LivePartition | undefined, end: number): Promise<void> {
    await this.#writers.prepare(batch);
    fold?.add(batch, end);
  }

  /** The fold so far; a new one where the state was made anew or went back, for a fold cannot. */
  #foldOf({ partition, start }: Partition, { meta }: StatePartition): LivePartition {
    const known = this.#folds.get(partition);
    const incarnation = meta.incarnation ?? '';
    const next = Number(meta.next);
    if (known && known.incarnation === incarnation && known.position <= next) return known;
    const fresh = new LivePartition(
      this.#sources.run,
      this.#writers,
      partition,
      start,
      incarnation,
    );
    this.#folds.set(partition, fresh);
    return fresh;
  }
}
