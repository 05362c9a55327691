/** Looks while a lab runs whether the state is a prefix of the log, as I3 does afterwards, reading each record once. */

import type { Sources } from '../history/collect.ts';
import type { Finding, StatePartition } from '../history/history.ts';
import type { KafkaClient } from '../history/kafka-client.ts';
import { openKafka, topicExtent } from '../history/kafka-client.ts';
import type { TopicExtent } from '../history/log-input.ts';
import type { StateDb } from '../history/read-state.ts';
import { openState, readState } from '../history/read-state.ts';
import { readTopic } from '../history/read-topic.ts';
import { schemaLookup } from '../history/registry.ts';
import { comparePrefix } from './compare-prefix.ts';
import { DeadLetters } from './dead-letters.ts';
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
  readonly #letters: DeadLetters;
  /** Next entry to read of each partition of the dead-letter topic. */
  readonly #lettersRead = new Map<number, number>();
  #topicId = '';

  constructor(sources: LivePrefixSources) {
    this.#sources = sources;
    const { raw, deadLetter } = sources.topics;
    this.#kafka = openKafka(sources.bootstrap, [raw, deadLetter]);
    this.#letters = new DeadLetters(raw);
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
    await this.#readLetters();
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
    const counting = new Set(
      judged
        .filter(({ state, next }) => this.#countsLetters(state, next))
        .map(({ of }) => of.partition),
    );
    for await (const batch of readTopic(this.#kafka, { ...extent, partitions })) {
      await this.#writers.prepare(batch);
      const setAside = { letters: this.#letters, countsLetters: counting.has(batch.partition) };
      folds.get(batch.partition)?.add(batch, wanted.get(batch.partition) ?? 0, setAside);
    }
  }

  /** A dead letter is written before its record's batch is applied, so after the state was read it is there. */
  async #readLetters(): Promise<void> {
    const extent = await topicExtent(this.#kafka, this.#sources.topics.deadLetter);
    const partitions = extent.partitions.map((each) => ({
      ...each,
      start: Math.max(each.start, this.#lettersRead.get(each.partition) ?? 0),
    }));
    const batches = readTopic(this.#kafka, { ...extent, partitions });
    await this.#letters.load(batches, new Tally());
    for (const { partition, end } of partitions) this.#lettersRead.set(partition, end);
  }

  /** Where the state set fewer records aside than there are dead letters, another one did, and this one counted them. */
  #countsLetters({ partition, meta }: StatePartition, next: number): boolean {
    return Number(meta.undecodable ?? 0) < this.#letters.countBelow(partition, next);
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
