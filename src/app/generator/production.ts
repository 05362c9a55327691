/** Produces the records of the assigned SKUs, each hour once, and hands SKUs over when it is asked to. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Encoder } from '../runtime/avro.ts';
import type { Message, SerialProducer } from '../runtime/producer.ts';
import { reasonOf } from '../runtime/reason.ts';
import type { ApplicationVersion } from '../version.ts';
import type { Pace } from './pace.ts';
import type { ResumeParts } from './resume.ts';
import { lastSeqsInLog } from './resume.ts';
import type { SkuLine } from './sku-lines.ts';
import { createSkuLine, isExhausted, Rotation } from './sku-lines.ts';

/** What production works with. */
export interface ProductionParts extends ResumeParts {
  readonly version: ApplicationVersion;
  readonly producer: SerialProducer;
  readonly encoder: Encoder;
  readonly topic: string;
  readonly runId: string;
  readonly pace: Pace;
  readonly log: Logger;
  /** Called with the number of records of each acknowledged batch. */
  acknowledged(records: number): void;
}

const IDLE_MS = 50;
const PAUSE_AFTER_FAILURE_MS = 500;
const SEQ = Buffer.from('seq');
const RUN = Buffer.from('run');

/** The generator's work, from `assign` to `stop`. */
export class Production {
  readonly #parts: ProductionParts;
  readonly #run: Buffer;
  readonly #rotation = new Rotation();
  #lines: SkuLine[] = [];
  #inFlight: Promise<void> = Promise.resolve();
  /** Changes of assignment and batches take turns. */
  #turn: Promise<unknown> = Promise.resolve();
  #running = true;
  #inDoubt = false;
  /** Last acknowledged `seq` by SKU, also of SKUs that were handed over since. */
  readonly acknowledged = new Map<string, number>();

  constructor(parts: ProductionParts) {
    this.#parts = parts;
    this.#run = Buffer.from(parts.runId, 'utf8');
  }

  get lines(): readonly SkuLine[] {
    return this.#lines;
  }

  /** Every record of every assigned SKU is acknowledged. */
  get complete(): boolean {
    return this.#lines.every((line) => isExhausted(line) && line.acknowledged === line.seq - 1);
  }

  /** Makes these the SKUs to produce; resolves when the others are quiet for good and the log says where to go on. */
  assign(indexes: readonly number[]): Promise<void> {
    return this.#exclusively(async () => {
      await this.#inFlight;
      await this.#take(indexes);
    });
  }

  /** Produces until `stop`. */
  async run(): Promise<void> {
    while (this.#running) {
      const allowed = await this.#parts.pace();
      const produced = await this.#exclusively(() => this.#produce(allowed));
      if (produced === 0) await sleep(IDLE_MS);
    }
  }

  /** Ends after the batch in flight. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#exclusively(() => this.#inFlight);
  }

  #exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch((error: unknown) => error);
    return result;
  }

  async #take(indexes: readonly number[]): Promise<void> {
    const { reader } = this.#parts;
    const kept = this.#inDoubt ? [] : this.#lines.filter(({ index }) => indexes.includes(index));
    const known = new Set(kept.map(({ index }) => index));
    const added = indexes.filter((index) => !known.has(index));
    const partitions = await reader.partitionCount();
    const last = await lastSeqsInLog(this.#parts, added);
    const lines = added.map((index) => createSkuLine(index, partitions, last.get(index) ?? -1));
    this.#lines = [...kept, ...lines].sort((a, b) => a.index - b.index);
    this.#rotation.lines = this.#lines;
    for (const { sku, acknowledged } of lines) this.acknowledged.set(sku, acknowledged);
    this.#inDoubt = false;
  }

  /** Builds a batch while the one before it is in flight, then sends it; answers how many records. */
  async #produce(allowed: number): Promise<number> {
    if (!this.#running) return 0;
    if (this.#inDoubt) await this.#lookAgain();
    const last = new Map<SkuLine, number>();
    const messages: Message[] = [];
    this.#rotation.take(allowed, (line, seq) => {
      messages.push(this.#messageOf(line, seq));
      last.set(line, seq);
    });
    await this.#inFlight;
    if (this.#inDoubt || messages.length === 0) return 0;
    this.#inFlight = this.#send(messages, last);
    return messages.length;
  }

  async #send(messages: Message[], last: ReadonlyMap<SkuLine, number>): Promise<void> {
    const { producer, log } = this.#parts;
    try {
      await producer.send(messages);
      for (const [line, seq] of last) {
        line.acknowledged = seq;
        this.acknowledged.set(line.sku, seq);
      }
      this.#parts.acknowledged(messages.length);
    } catch (error) {
      log.warn({ event: 'send-failed' }, `${reasonOf(error)}; looking in the log how far it came`);
      this.#inDoubt = true;
    }
  }

  /** After a failed send nobody knows what arrived, so the log is asked. */
  async #lookAgain(): Promise<void> {
    await sleep(PAUSE_AFTER_FAILURE_MS);
    try {
      await this.#take(this.#lines.map(({ index }) => index));
    } catch (error) {
      this.#parts.log.warn({ event: 'resume-failed' }, reasonOf(error));
    }
  }

  #messageOf(line: SkuLine, seq: number): Message {
    const { version, seed, order, encoder, topic } = this.#parts;
    const record = version.makeRecord(seed, line.sku, order(seed, line.sku, seq));
    return {
      topic,
      partition: line.partition,
      key: line.key,
      value: encoder.encode(record),
      headers: new Map([
        [SEQ, Buffer.from(String(seq))],
        [RUN, this.#run],
      ]),
    };
  }
}
