/** Folds what one fetch brought of a partition into one batch of sums, so that state changes by one call. */
import type { Decoder } from '../runtime/avro.ts';
import { schemaIdOf, UndecodableError } from '../runtime/avro.ts';
import type { LogRecord } from '../runtime/log-record.ts';
import type { Slice } from '../runtime/log-slice.ts';
import { eachRecord } from '../runtime/log-slice.ts';
import type { ApplicationVersion, RawRecord } from '../version.ts';
import type { SkuRange } from './batch-text.ts';
import { seqsText } from './batch-text.ts';
import { RowTable } from './row-table.ts';

/** A record that cannot be counted, and why. */
export interface DeadLetter {
  readonly record: LogRecord;
  readonly schemaId: number | undefined;
  readonly error: string;
}

/** The sums of the records at offsets `first` … `next` − 1. */
export interface FoldedBatch {
  readonly first: number;
  next: number;
  /** What each SKU's `seq` was and is; see {@link seqsText}. */
  seqs: Buffer;
  /** What to add to each row; see {@link RowTable.text}. */
  rows: Buffer;
  readonly deadLetters: DeadLetter[];
  undecodable: number;
  /** Records that a producer wrote again; left out of the sums. */
  duplicates: number;
  /** Set where records of a SKU are missing in the log: the batch ends before that offset. */
  gap?: string;
}

/** What folding needs to know of the application's version. */
export type Folding = Pick<ApplicationVersion, 'columns' | 'fold' | 'problem'>;

const NOTHING = Buffer.alloc(0);
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

/** What is counted of a SKU so far. */
export interface SkuProgress {
  /** Last `seq` counted; -1: none. */
  last: number;
  /** Its place in the batch that it was last seen in. */
  place: number;
}

/**
 * Folds a slice. `progress` holds how far each SKU is counted and moves on with the fold.
 * Every schema id in the slice must have been prepared.
 */
export function foldSlice(
  slice: Slice,
  folding: Folding,
  decoder: Decoder<RawRecord>,
  progress: Map<string, SkuProgress>,
): FoldedBatch {
  const batch: FoldedBatch = {
    first: slice.from,
    next: slice.next,
    seqs: NOTHING,
    rows: NOTHING,
    deadLetters: [],
    undecodable: 0,
    duplicates: 0,
  };
  const cursor = new FoldCursor(batch, folding, progress);
  eachRecord(slice, (record) => {
    if (batch.gap === undefined) cursor.take(record, decoder);
  });
  cursor.close();
  return batch;
}

/** A SKU in the batch that is being folded. */
interface SkuInBatch extends SkuRange {
  readonly progress: SkuProgress;
}

/** Where folding stands: consecutive records are mostly of one SKU and month, so those are looked up once. */
class FoldCursor {
  readonly #batch: FoldedBatch;
  readonly #folding: Folding;
  readonly #progress: Map<string, SkuProgress>;
  readonly #skus: SkuInBatch[] = [];
  readonly #rows: RowTable;
  #sku: SkuInBatch | undefined;
  /** The integers of the current row, which is this month's of the current SKU; undefined: none is. */
  #row: number[] | undefined;
  #year = 0;
  #month = 0;

  constructor(batch: FoldedBatch, folding: Folding, progress: Map<string, SkuProgress>) {
    this.#batch = batch;
    this.#folding = folding;
    this.#progress = progress;
    this.#rows = new RowTable(folding.columns);
  }

  /** Counts a record, or sets it aside as a dead letter, a duplicate or a gap. */
  take(record: LogRecord, decoder: Decoder<RawRecord>): void {
    let schemaId: number | undefined;
    try {
      const { value } = record;
      schemaId = schemaIdOf(value);
      const raw = decoder.decode(value as Buffer, schemaId);
      const problem = this.#folding.problem(raw);
      if (problem !== undefined) throw new UndecodableError(problem, schemaId);
      const sku = this.#skuOf(raw, record, schemaId);
      const seq = record.wholeHeader(SEQ);
      if (seq === undefined) throw new UndecodableError('the header seq is not a number', schemaId);
      this.#count(raw, sku, seq, record.offset);
    } catch (error) {
      if (!(error instanceof UndecodableError)) throw error;
      this.#setAside(record, error);
    }
  }

  /** Completes the batch: in two texts, so that the thousands of objects behind them are garbage while they are young. */
  close(): void {
    for (const { progress, last } of this.#skus) progress.last = last;
    this.#batch.seqs = seqsText(this.#skus);
    this.#batch.rows = this.#rows.text();
  }

  #count(raw: RawRecord, sku: SkuInBatch, seq: number, offset: number): void {
    const expected = sku.last + 1;
    if (seq < expected) {
      this.#batch.duplicates++;
      return;
    }
    if (seq > expected) {
      this.#batch.next = offset;
      this.#batch.gap = `offset ${offset}: ${raw.sku} jumps from seq ${sku.last} to ${seq}`;
      return;
    }
    sku.last = seq;
    this.#folding.fold(this.#rowOf(raw, sku), raw);
  }

  /** The SKU of a record, which becomes the current one; throws `UndecodableError` where key or SKU are wrong. */
  #skuOf(raw: RawRecord, record: LogRecord, schemaId: number): SkuInBatch {
    const current = this.#sku;
    if (current && raw.sku === current.sku && record.hasKey(raw.sku)) return current;
    if (!SKU.test(raw.sku)) {
      const rule = '1…64 letters, digits, dots, dashes or underscores';
      throw new UndecodableError(`sku is not ${rule}`, schemaId);
    }
    if (!record.hasKey(raw.sku)) {
      throw new UndecodableError(`the key is not the sku ${raw.sku}`, schemaId);
    }
    return this.#enter(raw.sku);
  }

  #enter(sku: string): SkuInBatch {
    this.#row = undefined;
    let progress = this.#progress.get(sku);
    if (!progress) {
      progress = { last: -1, place: 0 };
      this.#progress.set(sku, progress);
    }
    let entered = this.#skus[progress.place];
    if (entered?.progress !== progress) {
      entered = { sku, before: progress.last, last: progress.last, progress };
      progress.place = this.#skus.push(entered) - 1;
    }
    this.#sku = entered;
    return entered;
  }

  #rowOf({ year, month }: RawRecord, { sku, progress }: SkuInBatch): number[] {
    if (this.#row && month === this.#month && year === this.#year) return this.#row;
    this.#year = year;
    this.#month = month;
    this.#row = this.#rows.open(progress.place, sku, year, month);
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
    const due = sku === this.#sku?.sku ? this.#sku : this.#enter(sku);
    if (record.wholeHeader(SEQ) === due.last + 1) due.last++;
  }
}
