/** Collects the history of a running lab, in the order that makes it consistent while data keep coming. */

import { setTimeout as sleep } from 'node:timers/promises';
import { waitForDrain } from './drain.ts';
import type {
  GeneratorHistory,
  History,
  LogHistory,
  OutputHistory,
  RestHistory,
  RunIdentity,
  StateHistory,
} from './history.ts';
import type { KafkaClient } from './kafka-client.ts';
import { openKafka, topicEnds, topicExtent } from './kafka-client.ts';
import type { LogInput } from './log-input.ts';
import { readOutput } from './read-output.ts';
import type { HttpInstance } from './read-rest.ts';
import { readGenerator, readRest } from './read-rest.ts';
import type { StateDb } from './read-state.ts';
import { openState, readProgress, readState } from './read-state.ts';
import { readTopic } from './read-topic.ts';
import { schemaLookup, subjectSchemas } from './registry.ts';

/** Where a run's data are. */
export interface Sources {
  readonly run: RunIdentity;
  /** Kafka bootstrap servers, `host:port[,host:port]`. */
  readonly bootstrap: string;
  /** Confluent-compatible base URL of the schema registry. */
  readonly registry: string;
  /** The back end's state DB, `host:port`. */
  readonly state: string;
  readonly stateNamespace: string;
  readonly topics: { readonly raw: string; readonly summary: string; readonly deadLetter: string };
  readonly generators: readonly HttpInstance[];
  readonly rest: readonly HttpInstance[];
}

/** How to collect. */
export interface CollectOptions {
  /** How long to wait for the pipeline to drain, and for REST to show what was published. */
  readonly timeoutMs: number;
  /** Wait for the drain also while a generator still produces. */
  readonly whileProducing: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called with what is being done. */
  readonly progress?: (step: string) => void;
}

/** Turns the log into what is kept of it; the checker's `foldLog`. */
export type LogFolder = (run: RunIdentity, input: LogInput) => Promise<LogHistory>;

/**
 * Collects from a running lab. What was acknowledged is asked before the log's end is taken, the state before the
 * log, output and REST before the log's end: whatever is still under way is then seen in the log. A part that
 * fails is left out and named in `errors`.
 */
export async function collectHistory(
  sources: Sources,
  options: CollectOptions,
  foldLog: LogFolder,
): Promise<History> {
  const { raw, summary, deadLetter } = sources.topics;
  await using kafka = openKafka(sources.bootstrap, [raw, summary, deadLetter]);
  using db = openState(sources.state, sources.stateNamespace);
  const collector = new Collector(sources, options, kafka, db);
  await collector.drain();
  const generators = await collector.generators();
  const state = await collector.state();
  const output = await collector.output();
  const rest = await collector.rest(output);
  const log = await collector.log(state, foldLog);
  return {
    ...{ format: 1, takenAt: new Date().toISOString(), run: sources.run },
    ...{ generators, rest, errors: collector.errors },
    ...(log === undefined ? {} : { log }),
    ...(state === undefined ? {} : { state }),
    ...(output === undefined ? {} : { output }),
  };
}

class Collector {
  readonly errors: { part: string; message: string }[] = [];
  readonly #sources: Sources;
  readonly #options: CollectOptions;
  readonly #kafka: KafkaClient;
  readonly #db: StateDb;
  readonly #schemaById: LogInput['schemaById'];

  constructor(sources: Sources, options: CollectOptions, kafka: KafkaClient, db: StateDb) {
    this.#sources = sources;
    this.#options = options;
    this.#kafka = kafka;
    this.#db = db;
    this.#schemaById = schemaLookup(sources.registry);
  }

  async drain(): Promise<void> {
    await this.#part('waiting until all records are counted', async () => {
      await waitForDrain(async () => {
        const ends = await topicEnds(this.#kafka, this.#sources.topics.raw);
        return { ends, ...(await readProgress(this.#db, ends.length)) };
      }, this.#options);
    });
  }

  generators(): Promise<GeneratorHistory[]> {
    return Promise.all(this.#sources.generators.map(readGenerator));
  }

  state(): Promise<StateHistory | undefined> {
    return this.#part('reading the state', async () => {
      const ends = await topicEnds(this.#kafka, this.#sources.topics.raw);
      return readState(this.#db, ends.length);
    });
  }

  output(): Promise<OutputHistory | undefined> {
    const { summary } = this.#sources.topics;
    return this.#part('reading the summary topic', async () => {
      const extent = await topicExtent(this.#kafka, summary);
      return readOutput(
        summary,
        readTopic(this.#kafka, extent, this.#options.signal),
        this.#schemaById,
      );
    });
  }

  /** Asks every REST instance until it shows all rows that were published, at the longest until the timeout. */
  async rest(output: OutputHistory | undefined): Promise<RestHistory[]> {
    const { progress, timeoutMs, signal } = this.#options;
    progress?.('asking REST');
    const deadlineMs = performance.now() + timeoutMs;
    return Promise.all(
      this.#sources.rest.map(async (instance) => {
        while (true) {
          const answer = await readRest(instance);
          if (output === undefined || showsAll(output, answer)) return answer;
          if (performance.now() >= deadlineMs) return answer;
          await sleep(250, undefined, signal ? { signal } : {});
        }
      }),
    );
  }

  log(state: StateHistory | undefined, foldLog: LogFolder): Promise<LogHistory | undefined> {
    const { raw, deadLetter } = this.#sources.topics;
    return this.#part('reading the log', async () => {
      const deadLetters = await topicExtent(this.#kafka, deadLetter);
      const extent = await topicExtent(this.#kafka, raw);
      const nexts = state?.partitions.map(
        ({ partition, meta }) => [partition, Number(meta.next ?? 0)] as const,
      );
      const setAside = state?.partitions.map(
        ({ partition, meta }) => [partition, Number(meta.undecodable ?? 0)] as const,
      );
      return foldLog(this.#sources.run, {
        extent,
        batches: readTopic(this.#kafka, extent, this.#options.signal),
        deadLetters: readTopic(this.#kafka, deadLetters, this.#options.signal),
        nexts: new Map(nexts ?? []),
        setAside: new Map(setAside ?? []),
        schemaById: this.#schemaById,
        readers: await subjectSchemas(this.#sources.registry, `${raw}-value`),
      });
    });
  }

  async #part<T>(part: string, collect: () => Promise<T>): Promise<T | undefined> {
    this.#options.signal?.throwIfAborted();
    this.#options.progress?.(part);
    try {
      return await collect();
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      this.errors.push({ part, message: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  }
}

/** Whether no published row is missing or behind in the answer; a month that went on meanwhile has more. */
function showsAll(output: OutputHistory, answer: RestHistory): boolean {
  if (answer.error !== undefined) return false;
  return output.rows.every(({ key, fields }) => {
    const row = answer.rows[key];
    if (row === undefined) return false;
    if ((row.manufactured_qty ?? 0) > Number(fields.manufactured_qty)) return true;
    return Object.entries(row).every(([name, value]) => value === (fields[name] ?? null));
  });
}
