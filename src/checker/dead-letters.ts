/** The dead-letter topic: which records of the log were set aside, and whether what was kept of them is theirs. */

import { hash } from 'node:crypto';
import type { LogBatch, LogRecord } from '../history/log-input.ts';
import { headerText } from './headers.ts';
import type { Tally } from './tally.ts';

interface DeadLetter {
  readonly partition: number;
  readonly offset: number;
  readonly digest: string;
  /** Offset in the dead-letter topic of its first entry. */
  readonly at: number;
  seen: boolean;
}

/** Dead letters by the record they are of. */
export class DeadLetters {
  readonly #byRecord = new Map<string, DeadLetter>();
  readonly #byPartition = new Set<number>();
  readonly #topic: string;
  entries = 0;

  /** Dead letters of that topic's records. */
  constructor(topic: string) {
    this.#topic = topic;
  }

  /** How many records have one. */
  get records(): number {
    return this.#byRecord.size;
  }

  /** How many records of a partition below an offset have one. */
  countBelow(partition: number, offset: number): number {
    let count = 0;
    for (const letter of this.#byRecord.values()) {
      if (letter.partition === partition && letter.offset < offset) count++;
    }
    return count;
  }

  /** Reads the whole dead-letter topic; entries that belong to no record are findings. */
  async load(batches: AsyncIterable<LogBatch>, tally: Tally): Promise<void> {
    for await (const batch of batches) {
      for (const record of batch.records) {
        this.#add(batch.firstOffset + record.offsetDelta, record, tally);
      }
    }
  }

  /** Whether that record has a dead letter; one that keeps other bytes than the record's is a finding. */
  has(partition: number, offset: number, record: LogRecord, tally: Tally): boolean {
    if (!this.#byPartition.has(partition)) return false;
    const letter = this.#byRecord.get(`${partition}:${offset}`);
    if (letter === undefined) return false;
    letter.seen = true;
    if (letter.digest !== digest(record)) {
      const what = `dead letter ${letter.at} does not hold the record's key and value`;
      tally.add({ kind: 'undecodable', what, topic: this.#topic, partition, offset });
    }
    return true;
  }

  /** Adds a finding for each dead letter whose record was not met; call it after the whole log. */
  reportUnmet(tally: Tally): void {
    for (const { seen, partition, offset, at } of this.#byRecord.values()) {
      if (seen) continue;
      const what = `dead letter ${at} is of a record that the log does not have`;
      tally.add({ kind: 'undecodable', what, topic: this.#topic, partition, offset });
    }
  }

  #add(at: number, record: LogRecord, tally: Tally): void {
    this.entries++;
    const [topic, partition, offset] = ['topic', 'partition', 'offset'].map((name) =>
      headerText(record.headers, name),
    );
    const place = `${partition}:${offset}`;
    if (topic !== this.#topic || !/^\d{1,9}:\d{1,15}$/.test(place)) {
      const what = `dead letter ${at} names no record: topic ${topic}, partition ${partition}, offset ${offset}`;
      tally.add({ kind: 'undecodable', what, topic: this.#topic });
      return;
    }
    if (this.#byRecord.has(place)) return;
    this.#byPartition.add(Number(partition));
    this.#byRecord.set(place, {
      partition: Number(partition),
      offset: Number(offset),
      digest: digest(record),
      at,
      seen: false,
    });
  }
}

/** Absent and empty differ in Kafka, yet a client may write one for the other; both count as empty. */
function digest({ key, value }: LogRecord): string {
  return `${hash('sha1', key ?? '')}:${hash('sha1', value ?? '')}`;
}
