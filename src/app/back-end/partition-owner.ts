/** Takes one input partition over and keeps its totals: acquire, fold, apply, and again from the stored offset where anything is in doubt. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Decoder } from '../runtime/avro.ts';
import type { Slice } from '../runtime/log-slice.ts';
import { reasonOf } from '../runtime/reason.ts';
import type { RawRecord } from '../version.ts';
import type { DeadLetter, FoldedBatch, Folding, foldSlice, SkuProgress } from './fold.ts';
import { unpreparedSchemas } from './fold.ts';
import type { BackEndMetrics } from './metrics.ts';
import type { FencingToken, PartitionState } from './partition-state.ts';
import type { TakenOver, TakeOverParts } from './take-over.ts';
import { readStart, takeOver } from './take-over.ts';

/** What an owner works with. */
export interface OwnerParts extends TakeOverParts {
  readonly folding: Folding;
  readonly decoder: Decoder<RawRecord>;
  readonly foldSlice: typeof foldSlice;
  readonly metrics: BackEndMetrics;
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
  #progress = new Map<string, SkuProgress>();
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

  /** The log is known to go on at least to here, whatever was fetched of it. */
  seesLogEnd(offset: number): void {
    this.#logEnd = Math.max(this.#logEnd, offset);
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

  /** Whether every record that was taken is applied. */
  get isIdle(): boolean {
    return this.#applied === this.#position;
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
    const { decoder, folding, foldSlice } = this.#parts;
    const session = this.#session;
    for (const schemaId of unpreparedSchemas(slice, decoder)) await decoder.prepare(schemaId);
    if (session !== this.#session || this.#released) return;
    const batch = foldSlice(slice, folding, decoder, this.#progress);
    await this.#applying;
    const incarnation = this.#incarnation;
    if (session !== this.#session || incarnation === undefined) return;
    this.#applying = this.#applyBatch(incarnation, batch);
  }

  /** Looks whether the state is still the one that was counted into, also where no record comes that would tell. */
  async check(): Promise<void> {
    const [incarnation, applied] = [this.#incarnation, this.#applied];
    const stored = await this.#parts.state.standing();
    if (incarnation !== this.#incarnation) return;
    if (stored && stored.incarnation === incarnation && stored.next >= applied) return;
    this.suspect(stored ? `the state went back to offset ${stored.next}` : 'the state is gone');
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
        await this.#acquireOnce(token);
        if (token === this.#token) return;
      } catch (error) {
        log.warn({ event: 'not-acquired', partition }, reasonOf(error));
        await sleep(RETRY_MS);
      }
    }
  }

  async #acquireOnce(token: FencingToken): Promise<void> {
    const taken = await takeOver(this.#parts, token);
    if ('halt' in taken) return this.#halt(taken.halt);
    if (this.#incarnation !== taken.incarnation) await this.#resume(taken);
    this.dirty = true;
  }

  async #resume({ incarnation, next }: TakenOver): Promise<void> {
    const { log, partition } = this.#parts;
    await this.#applying;
    const start = await readStart(this.#parts, next);
    if ('halt' in start) return this.#halt(start.halt);
    this.#progress = start.progress;
    this.#logEnd = start.logEnd;
    this.#position = next;
    this.#applied = next;
    this.#incarnation = incarnation;
    const { generation } = this.#token;
    log.info({ event: 'acquired', partition, next, generation }, 'acquired');
  }
}
