/** The fold of one partition of a log that still grows. */

import type { PartitionFold, RunIdentity } from '../history/history.ts';
import type { LogBatch } from '../history/log-input.ts';
import type { DeadLetters } from './dead-letters.ts';
import { foldAt, startPartition } from './partition-progress.ts';
import { RecordCheck } from './record-check.ts';
import { Tally } from './tally.ts';
import type { Writers } from './writers.ts';

/** What the application set aside, and whether the state counts it nevertheless. */
export interface SetAside {
  readonly letters: DeadLetters;
  readonly countsLetters: boolean;
}

/** Everything below `position`, folded once. */
export class LivePartition {
  /** Incarnation of the state that it is compared with. */
  readonly incarnation: string;
  readonly #check: RecordCheck;
  /** What is odd in dead letters is judged afterwards. */
  readonly #ignored = new Tally();
  readonly #progress: ReturnType<typeof startPartition>;

  constructor(
    run: RunIdentity,
    writers: Writers,
    partition: number,
    start: number,
    incarnation: string,
  ) {
    this.incarnation = incarnation;
    this.#check = new RecordCheck(run, writers);
    this.#progress = startPartition({ partition, start, end: start }, undefined);
  }

  get position(): number {
    return this.#progress.position;
  }

  /** Adds a batch's records from `position` to before `end`; the writers must be prepared. Of dead letters the state counts none, or all. */
  add(batch: LogBatch, end: number, { letters, countsLetters }: SetAside): void {
    const progress = this.#progress;
    for (const record of batch.records) {
      const offset = batch.firstOffset + record.offsetDelta;
      if (offset < progress.position) continue;
      if (offset >= end) return;
      progress.position = offset + 1;
      const checked = this.#check.check(record);
      const isLetter = letters.has(progress.partition, offset, record, this.#ignored);
      const isBad = 'reason' in checked || checked.trouble !== undefined;
      if ('reason' in checked || (isLetter && (isBad || !countsLetters))) {
        progress.undecodable++;
        continue;
      }
      const { ledger, seq, month, fields, writer } = checked;
      if (!ledger.addSeq(seq, progress.partition)) {
        progress.duplicates++;
        continue;
      }
      progress.records++;
      ledger.totalsIn(progress.partition).add(month, fields, seq, offset, writer.schemaId);
    }
  }

  /** A copy of the fold, which stands at `next`. */
  fold(next: number): PartitionFold {
    return foldAt(this.#progress, next, this.#check.ledgers);
  }
}
