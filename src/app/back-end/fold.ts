/** Folds what one fetch brought of a partition into one batch of sums, so that state changes by one call. */
import type { Decoder } from '../runtime/avro.ts';
import { schemaIdOf, UndecodableError } from '../runtime/avro.ts';
import type { LogRecord } from '../runtime/log-record.ts';
import type { Slice } from '../runtime/log-slice.ts';
import { eachRecord } from '../runtime/log-slice.ts';
import type { ApplicationVersion, RawRecord } from '../version.ts';

/** A record that cannot be counted, and why. */
export interface DeadLetter {
  readonly record: LogRecord;
  readonly schemaId: number | undefined;
  readonly error: string;
}

/** The `seq` counted of a SKU before a batch (-1: none) and after it. */
export interface SeqRange {
  readonly before: number;
  last: number;
}

/** The sums of the records at offsets `first` … `next` − 1. */
export interface FoldedBatch {
  readonly first: number;
  next: number;
  /** `<sku>|<yyyy-mm>` → integers to add to the state row. */
  readonly rows: Map<string, number[]>;
  readonly seqs: Map<string, SeqRange>;
  readonly deadLetters: DeadLetter[];
  undecodable: number;
  /** Records that a producer wrote again; left out of the sums. */
  duplicates: number;
  /** Set where records of a SKU are missing in the log: the batch ends before that offset. */
  gap?: string;
}

/** What folding needs to know of the application's version. */
export type Folding = Pick<ApplicationVersion, 'columns' | 'fold' | 'problem'>;

const SEQ = Buffer.from('seq');
const SKU = /^[A-Za-z0-9_.-]{1,64}$/;

/** Schema ids in a slice that the decoder has not prepared yet. */
export function unpreparedSchemas(slice: Slice, decoder: Decoder<RawRecord>): Set<number> {
  const missing = new Set<number>();
  let seen: number | undefined;
  eachRecord(slice, ({ value }) => {
    if (!value || value.length < 5 || value[0] !== 0) return;
    const id = value.readInt32BE(1);
    if (id !== seen && !decoder.isPrepared(id)) missing.add(id);
    seen = id;
  });
  return missing;
}

/**
 * Folds a slice. `lastSeqs` holds the last `seq` counted of each SKU and moves on with the fold.
 * Every schema id in the slice must have been prepared.
 */
export function foldSlice(
  slice: Slice,
  folding: Folding,
  decoder: Decoder<RawRecord>,
  lastSeqs: Map<string, number>,
): FoldedBatch {
  const batch: FoldedBatch = {
    first: slice.from,
    next: slice.next,
    rows: new Map(),
    seqs: new Map(),
    deadLetters: [],
    undecodable: 0,
    duplicates: 0,
  };
  const cursor = new FoldCursor(batch, folding, lastSeqs);
  eachRecord(slice, (record) => {
    if (batch.gap === undefined) cursor.take(record, decoder);
  });
  cursor.close();
  return batch;
}

/** Where folding stands: consecutive records are mostly of one SKU and month, so those are looked up once. */
class FoldCursor {
  readonly #batch: FoldedBatch;
  readonly #folding: Folding;
  readonly #lastSeqs: Map<string, number>;
  #sku = '';
  #key: Buffer = Buffer.alloc(0);
  #range: SeqRange = { before: -1, last: -1 };
  #year = 0;
  #month = 0;
  #row: number[] = [];

  constructor(batch: FoldedBatch, folding: Folding, lastSeqs: Map<string, number>) {
    this.#batch = batch;
    this.#folding = folding;
    this.#lastSeqs = lastSeqs;
  }

  /** Counts a record, or sets it aside as a dead letter, a duplicate or a gap. */
  take(record: LogRecord, decoder: Decoder<RawRecord>): void {
    let schemaId: number | undefined;
    try {
      const { value } = record;
      schemaId = schemaIdOf(value);
      const raw = decoder.decode(value as Buffer, schemaId);
      const problem = this.#folding.problem(raw) ?? this.#moveTo(raw, record);
      if (problem !== undefined) throw new UndecodableError(problem, schemaId);
      const seq = record.wholeHeader(SEQ);
      if (seq === undefined) throw new UndecodableError('the header seq is not a number', schemaId);
      this.#count(raw, seq, record.offset);
    } catch (error) {
      if (!(error instanceof UndecodableError)) throw error;
      this.#setAside(record, error);
    }
  }

  /** Hands the last SKU's range over. */
  close(): void {
    if (this.#sku !== '') this.#lastSeqs.set(this.#sku, this.#range.last);
  }

  #count(raw: RawRecord, seq: number, offset: number): void {
    const expected = this.#range.last + 1;
    if (seq < expected) {
      this.#batch.duplicates++;
      return;
    }
    if (seq > expected) {
      this.#batch.next = offset;
      this.#batch.gap = `offset ${offset}: ${raw.sku} jumps from seq ${this.#range.last} to ${seq}`;
      return;
    }
    this.#note(seq);
    this.#folding.fold(this.#rowOf(raw), raw);
  }

  /** Makes the record's SKU the current one; answers what is wrong with key or SKU. */
  #moveTo(raw: RawRecord, record: LogRecord): string | undefined {
    if (raw.sku === this.#sku && record.hasKey(this.#key)) return undefined;
    if (!SKU.test(raw.sku)) return 'sku is not 1…64 letters, digits, dots, dashes or underscores';
    const { key } = record;
    if (key?.toString('utf8') !== raw.sku) return `the key is not the sku ${raw.sku}`;
    this.#key = key;
    this.#enter(raw.sku);
    return undefined;
  }

  #enter(sku: string): void {
    if (this.#sku !== '') this.#lastSeqs.set(this.#sku, this.#range.last);
    const last = this.#lastSeqs.get(sku) ?? -1;
    this.#range = this.#batch.seqs.get(sku) ?? { before: last, last };
    this.#sku = sku;
    this.#year = 0;
  }

  #note(seq: number): void {
    if (this.#range.last === this.#range.before) this.#batch.seqs.set(this.#sku, this.#range);
    this.#range.last = seq;
  }

  #rowOf(raw: RawRecord): number[] {
    if (raw.year !== this.#year || raw.month !== this.#month) {
      const key = `${raw.sku}|${raw.year}-${raw.month < 10 ? '0' : ''}${raw.month}`;
      let row = this.#batch.rows.get(key);
      if (!row) {
        row = new Array<number>(this.#folding.columns).fill(0);
        this.#batch.rows.set(key, row);
      }
      this.#row = row;
      this.#year = raw.year;
      this.#month = raw.month;
    }
    return this.#row;
  }

  /** A dead letter that stands where a record was due uses up its `seq`, so that those after it are no gap. */
  #setAside(record: LogRecord, error: UndecodableError): void {
    const reason =
      error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
    this.#batch.deadLetters.push({ record, schemaId: error.schemaId, error: reason });
    this.#batch.undecodable++;
    const sku = record.key?.toString('utf8') ?? '';
    if (!SKU.test(sku)) return;
    if (sku !== this.#sku) {
      this.#key = record.key as Buffer;
      this.#enter(sku);
    }
    if (record.wholeHeader(SEQ) === this.#range.last + 1) this.#note(this.#range.last + 1);
  }
}
