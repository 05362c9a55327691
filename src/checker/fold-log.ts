/** Reads the input topic once, as a stream, into everything that the invariants need of it. */

import type { Finding, LogHistory, LogPartition, RunIdentity } from '../history/history.ts';
import type { LogBatch, LogInput, LogRecord } from '../history/log-input.ts';
import { DeadLetters } from './dead-letters.ts';
import type { PartitionProgress } from './partition-progress.ts';
import { foldAt, startPartition } from './partition-progress.ts';
import type { BadRecord, UsableRecord } from './record-check.ts';
import { RecordCheck } from './record-check.ts';
import type { PartialFinding } from './tally.ts';
import { fullFinding, Tally } from './tally.ts';
import type { Writer } from './writers.ts';
import { Writers } from './writers.ts';

/** Folds the whole log of a run; rejects where the log cannot be read. */
export async function foldLog(run: RunIdentity, input: LogInput): Promise<LogHistory> {
  const folder = new LogFolder(run, input);
  await folder.loadDeadLetters(input);
  for await (const batch of input.batches) await folder.add(batch);
  return folder.finish();
}

class LogFolder {
  readonly #run: RunIdentity;
  readonly #topic: string;
  readonly #topicId: string;
  readonly #intake = new Tally();
  readonly #schema = new Tally();
  readonly #writers: Writers;
  readonly #check: RecordCheck;
  readonly #deadLetters: DeadLetters;
  readonly #partitions: readonly PartitionProgress[];
  /** Partitions whose state counts no record that has a dead letter. */
  readonly #leftOut = new Set<number>();
  #records = 0;
  #undecodable = 0;
  #firstUndecodable: Finding | null = null;

  constructor(run: RunIdentity, { extent, nexts, readers, schemaById }: LogInput) {
    this.#run = run;
    this.#topic = extent.topic;
    this.#topicId = extent.topicId;
    this.#writers = new Writers(readers, schemaById);
    this.#check = new RecordCheck(run, this.#writers);
    this.#deadLetters = new DeadLetters(extent.topic);
    this.#partitions = extent.partitions.map((each) =>
      startPartition(each, nexts.get(each.partition)),
    );
  }

  /** Reads the dead letters; where the state set as many aside as there are, none of their records is counted in it. */
  async loadDeadLetters({ deadLetters, setAside }: LogInput): Promise<void> {
    await this.#deadLetters.load(deadLetters, this.#schema);
    for (const { partition, next = 0 } of this.#partitions) {
      const letters = this.#deadLetters.countBelow(partition, next);
      if (letters > 0 && (setAside?.get(partition) ?? 0) >= letters) this.#leftOut.add(partition);
    }
  }

  async add(batch: LogBatch): Promise<void> {
    const progress = this.#partitions[batch.partition];
    if (progress === undefined) return;
    await this.#writers.prepare(batch);
    for (const record of batch.records) {
      const offset = batch.firstOffset + record.offsetDelta;
      if (offset < progress.position) continue;
      if (offset >= progress.end) break;
      if (progress.next !== undefined && offset >= progress.next) this.#freeze(progress);
      this.#records++;
      this.#observe(progress, offset, record);
      progress.position = offset + 1;
    }
  }

  finish(): LogHistory {
    this.#deadLetters.reportUnmet(this.#schema);
    return {
      topic: this.#topic,
      topicId: this.#topicId,
      partitions: this.#partitions.map((progress) => this.#finishPartition(progress)),
      skus: [...this.#check.ledgers.values()].map((ledger) => ledger.summary()),
      writers: this.#writers.summary(),
      readers: this.#writers.readers(),
      records: this.#records,
      undecodable: this.#undecodable,
      firstUndecodable: this.#firstUndecodable,
      deadLetters: { entries: this.#deadLetters.entries, records: this.#deadLetters.records },
      intake: this.#intake.toJSON(),
      schema: this.#schema.toJSON(),
    };
  }

  #observe(progress: PartitionProgress, offset: number, record: LogRecord): void {
    const { partition } = progress;
    const checked = this.#check.check(record);
    if (checked.writer !== undefined) countRecord(checked.writer, partition, offset);
    const isDeadLetter = this.#deadLetters.has(partition, offset, record, this.#schema);
    if ('reason' in checked) {
      this.#noteUndecodable(progress, offset, checked, checked.reason);
      if (!isDeadLetter && offset < (progress.next ?? 0)) {
        this.#schema.add({
          ...place(this.#topic, partition, offset, checked),
          kind: 'undecodable',
          what: `bad record was not dead-lettered: ${checked.reason}`,
        });
      }
    } else if (isDeadLetter && checked.trouble !== undefined) {
      this.#noteUndecodable(progress, offset, checked, checked.trouble.what);
    } else {
      if (isDeadLetter) this.#noteUnreadable(progress, offset, checked);
      else this.#count(progress, offset, checked);
    }
  }

  #count(progress: PartitionProgress, offset: number, record: UsableRecord): void {
    const { ledger, seq, hour, month, fields, writer, trouble } = record;
    const at = (): PartialFinding => ({
      ...place(this.#topic, progress.partition, offset, record),
      ...{ kind: 'duplicated', what: 'seq of the SKU was there before', found: seq },
    });
    if (!ledger.addSeq(seq, progress.partition)) {
      progress.duplicates++;
      this.#intake.add(at());
      return;
    }
    if (trouble !== undefined) this.#intake.add({ ...at(), ...trouble });
    if (this.#run.order === 'shuffled' && !ledger.hours.add(hour)) {
      this.#intake.add({ ...at(), what: 'hour of the SKU was there before', found: hour });
    }
    progress.records++;
    ledger.totalsIn(progress.partition).add(month, fields, seq, offset, writer.schemaId);
  }

  /** A good record that a live version set aside: in the log for intake, in the totals unless the state left it out. */
  #noteUnreadable(progress: PartitionProgress, offset: number, record: UsableRecord): void {
    const { partition } = progress;
    const reason = record.writer.unreadableBy[0]?.reason;
    const what = `good record was dead-lettered${reason === undefined ? '' : `: ${reason}`}`;
    const at = place(this.#topic, partition, offset, record);
    this.#schema.add({ ...at, kind: 'undecodable', what });
    if (this.#leftOut.has(partition) && offset < (progress.next ?? 0)) {
      record.ledger.addSeq(record.seq, partition);
      this.#noteUndecodable(progress, offset, record, what);
    } else {
      this.#undecodable++;
      this.#count(progress, offset, record);
    }
  }

  #noteUndecodable(
    progress: PartitionProgress,
    offset: number,
    record: UsableRecord | BadRecord,
    what: string,
  ): void {
    progress.undecodable++;
    this.#undecodable++;
    this.#firstUndecodable ??= fullFinding({
      ...place(this.#topic, progress.partition, offset, record),
      kind: 'undecodable',
      what,
    });
  }

  #finishPartition(progress: PartitionProgress): LogPartition {
    const { partition, start, end, next, position } = progress;
    if (position < end) {
      const read = `${this.#topic}/${partition} was read only to offset ${position} of ${end}`;
      throw new Error(`${read}: the records between are gone; take the history again`);
    }
    if (next !== undefined) this.#freeze(progress);
    const { prefix } = progress;
    const final = prefix?.next === end ? prefix : foldAt(progress, end, this.#check.ledgers);
    return { partition, start, end, final, ...(prefix === undefined ? {} : { prefix }) };
  }

  #freeze(progress: PartitionProgress): void {
    const next = Math.min(progress.next ?? 0, progress.end);
    progress.prefix ??= foldAt(progress, next, this.#check.ledgers);
  }
}

function countRecord(writer: Writer, partition: number, offset: number): void {
  if (writer.records === 0) {
    writer.partition = partition;
    writer.firstOffset = offset;
  }
  writer.records++;
}

function place(
  topic: string,
  partition: number,
  offset: number,
  record: UsableRecord | BadRecord,
): Omit<PartialFinding, 'kind' | 'what'> {
  const from = { topic, partition, offset };
  const by = {
    schemaId: record.writer?.schemaId ?? null,
    version: record.writer?.version ?? null,
  };
  if ('reason' in record) return { ...from, ...by };
  const { sku, year, month } = record.fields;
  return { ...from, ...by, sku, year, month };
}
