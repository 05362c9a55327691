/** Takes one input partition over and keeps its totals: acquire, fold, apply, and again from the stored offset where anything is in doubt. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Decoder } from '../runtime/avro.ts';
import type { LogReader, Slice } from '../runtime/log-reader.ts';
import { reasonOf } from '../runtime/program.ts';
import type { RawRecord } from '../version.ts';
import type { DeadLetter, FoldedBatch, Folding } from './fold.ts';
import { foldSlice, unpreparedSchemas } from './fold.ts';
import type { BackEndMetrics } from './metrics.ts';
import type { FencingToken, PartitionState } from './partition-state.ts';

/** What an owner works with. */
export interface OwnerParts {
  readonly partition: number;
  readonly reader: LogReader;
  readonly state: PartitionState;
  readonly folding: Folding;
  readonly decoder: Decoder<RawRecord>;
  readonly metrics: BackEndMetrics;
  readonly log: Logger;
  deadLetters(letters: readonly DeadLetter[]): Promise<void>;
}

const RETRY_MS = 500;

/** One partition in this member's hands, from its assignment until another generation has it. */
export class PartitionOwner {
  readonly #parts: OwnerParts;
  #token: FencingToken;
  #incarnation: string | undefined;
  /** Goes up whenever what is in memory is forgotten, so that work begun before is dropped. */
  #session = 0;
  #lastSeqs = new Map<string, number>();
  #position = 0;
  #applying: Promise<void> = Promise.resolve();
  #acquiring: Promise<void> | undefined;
  #released = false;
  #halted: string | undefined;
  #logEnd = 0;
  #applied = 0;
  #gapAt = -1;
  /** Set when rows may be waiting for publication. */
  dirty = false;

  constructor(parts: OwnerParts, token: FencingToken) {
    this.#parts = parts;
    this.#token = token;
  }

  get partition(): number {
    return this.#parts.partition;
  }

  get token(): FencingToken {
    return this.#token;
  }

  get incarnation(): string | undefined {
    return this.#incarnation;
  }

  get state(): PartitionState {
    return this.#parts.state;
  }

  /** Offset to fetch next; undefined while the partition is not acquired, or halted. */
  get position(): number | undefined {
    const idle = this.#incarnation === undefined || this.#halted !== undefined || this.#released;
    return idle ? undefined : this.#position;
  }

  /** Why nothing more is counted of this partition; undefined where all is well. */
  get halted(): string | undefined {
    return this.#halted;
  }

  /** Offset up to which records are counted in the state. */
  get next(): number {
    return this.#applied;
  }

  get logEnd(): number {
    return this.#logEnd;
  }

  get lagRecords(): number {
    return Math.max(0, this.#logEnd - this.#applied);
  }

  /** Takes the partition over under a token, or confirms it under a newer one; tries until it succeeds, halts or is released. */
  acquire(token: FencingToken): Promise<void> {
    this.#token = token;
    this.#acquiring ??= this.#acquireUntilDone().finally(() => {
      this.#acquiring = undefined;
    });
    return this.#acquiring;
  }

  /** Moves the position past a slice that is about to be handled; false where the slice is not the expected one. */
  accept(slice: Slice): boolean {
    this.#logEnd = slice.logEnd;
    if (slice.from !== this.position) return false;
    this.#position = slice.next;
    return true;
  }

  /** Folds a slice while the batch before it is being applied, then has it applied. */
  async handle(slice: Slice): Promise<void> {
    const { decoder, folding } = this.#parts;
    const session = this.#session;
    for (const schemaId of unpreparedSchemas(slice, decoder)) await decoder.prepare(schemaId);
    if (session !== this.#session || this.#released) return;
    const batch = foldSlice(slice, folding, decoder, this.#lastSeqs);
    await this.#applying;
    const incarnation = this.#incarnation;
    if (session !== this.#session || incarnation === undefined) return;
    this.#applying = this.#applyBatch(incarnation, batch);
  }

  /** Has the stored state looked at again, because something outside it changed. */
  suspect(reason: string): void {
    if (this.#incarnation !== undefined && this.#halted === undefined) this.#inDoubt(reason);
  }

  /** Waits for what is being applied and takes nothing more. */
  async release(): Promise<void> {
    this.#released = true;
    await this.#applying;
  }

  async #applyBatch(incarnation: string, batch: FoldedBatch): Promise<void> {
    const { state, metrics, deadLetters } = this.#parts;
    try {
      await deadLetters(batch.deadLetters);
      const outcome =
        batch.next > batch.first ? await state.apply(this.#token, incarnation, batch) : 'OK';
      metrics.applied(outcome, batch);
      if (outcome === 'OK' || (outcome === 'DUPLICATE' && batch.first === this.#applied)) {
        this.#applied = batch.next;
        this.dirty = true;
        if (batch.gap !== undefined) this.#missing(batch.gap, batch.next);
      } else {
        this.#inDoubt(`apply at offset ${batch.first} answered ${outcome}`);
      }
    } catch (error) {
      this.#inDoubt(reasonOf(error));
    }
  }

  /** A SKU's records jump: looks a second time with the stored `seq`, then halts rather than count past a hole. */
  #missing(gap: string, offset: number): void {
    if (this.#gapAt === offset) {
      this.#halt(`records are missing in the log, ${gap}`);
      return;
    }
    this.#gapAt = offset;
    this.#inDoubt(gap);
  }

  /** Forgets what is in memory and starts from the stored offset. */
  #inDoubt(reason: string): void {
    const { log, partition } = this.#parts;
    log.warn({ event: 'in-doubt', partition, reason }, 'starting again from the stored offset');
    this.#incarnation = undefined;
    this.#session++;
    void this.acquire(this.#token);
  }

  #halt(reason: string): void {
    const { log, partition, metrics } = this.#parts;
    this.#halted = reason;
    metrics.halted(partition);
    log.error({ event: 'halted', partition }, `partition ${partition} is halted: ${reason}`);
  }

  async #acquireUntilDone(): Promise<void> {
    const { log, partition } = this.#parts;
    while (!this.#released && this.#halted === undefined) {
      const token = this.#token;
      try {
        const done = await this.#acquireOnce(token);
        if (done && token === this.#token) return;
        if (done) continue;
      } catch (error) {
        log.warn({ event: 'acquire-failed', partition }, reasonOf(error));
      }
      await sleep(RETRY_MS);
    }
  }

  /** True when the partition is ours or halted. */
  async #acquireOnce(token: FencingToken): Promise<boolean> {
    const { state, reader, log, partition } = this.#parts;
    const topicId = await reader.topicId();
    const acquired = await state.acquire(token, topicId);
    if (acquired.status === 'OK') {
      await this.#resume(acquired.incarnation, acquired.next);
      return true;
    }
    if (acquired.status === 'TOPIC') {
      this.#halt(
        `the topic was created anew (its id was ${acquired.storedTopicId}, now it is ${topicId}); ` +
          'the state belongs to the old one: use another STATE_NAMESPACE, or start the lab afresh',
      );
      return true;
    }
    if (acquired.status === 'FENCED') {
      log.warn({ event: 'fenced', partition, holder: acquired.holder }, 'a later owner holds it');
      return false;
    }
    const start = (await reader.offsets('start'))[partition] ?? 0;
    if (start > 0) {
      this.#halt(
        `there is no state, and the log starts at offset ${start}: what lay before is gone`,
      );
      return true;
    }
    log.info({ event: 'initialise', partition, topicId }, 'no state yet: counting from offset 0');
    await state.initialise(token, topicId, start);
    return this.#acquireOnce(token);
  }

  async #resume(incarnation: string, next: number): Promise<void> {
    if (this.#incarnation === incarnation) {
      this.dirty = true;
      return;
    }
    const { reader, state, partition, log } = this.#parts;
    await this.#applying;
    const [starts, ends] = await Promise.all([reader.offsets('start'), reader.offsets('end')]);
    const start = starts[partition] ?? 0;
    const end = ends[partition] ?? 0;
    if (next < start) {
      this.#halt(`the log starts at offset ${start}, after the next one to count, ${next}`);
      return;
    }
    if (next > end) {
      this.#halt(`the log ends at offset ${end}, before the next one to count, ${next}`);
      return;
    }
    this.#lastSeqs = await state.lastSeqs();
    this.#position = next;
    this.#applied = next;
    this.#logEnd = end;
    this.#incarnation = incarnation;
    this.dirty = true;
    log.info(
      { event: 'acquired', partition, next, generation: this.#token.generation },
      'acquired',
    );
  }
}
