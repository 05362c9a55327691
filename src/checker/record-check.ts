/** Judges one record of the input topic against the workload. */

import type { RunIdentity } from '../history/history.ts';
import type { LogRecord } from '../history/log-input.ts';
import { HOURS_PER_SKU, hourIndex, monthIndex } from './calendar.ts';
import { isOfRun, sameBytes, seqOf } from './headers.ts';
import { SkuLedger } from './sku-ledger.ts';
import type { PartialFinding } from './tally.ts';
import { skuName } from './workload.ts';
import type { RawFields, Writer, Writers } from './writers.ts';
import { decodeDatum, schemaIdOf } from './writers.ts';

/** A record that has a place in the totals; `trouble` where it is not as the workload has it. */
export interface UsableRecord {
  readonly writer: Writer;
  readonly fields: RawFields;
  readonly ledger: SkuLedger;
  readonly seq: number;
  readonly hour: number;
  readonly month: number;
  readonly trouble: Trouble | undefined;
}

/** A record that can have no place in the totals. */
export interface BadRecord {
  readonly writer: Writer | undefined;
  readonly reason: string;
}

/** What is wrong with a record that can be counted. */
export type Trouble = Pick<PartialFinding, 'kind' | 'what' | 'expected' | 'found'>;

/** Reads records with their writers' schemas and compares them with the workload. */
export class RecordCheck {
  readonly ledgers = new Map<string, SkuLedger>();
  readonly #run: RunIdentity;
  readonly #runId: Buffer;
  readonly #writers: Writers;

  constructor(run: RunIdentity, writers: Writers) {
    this.#run = run;
    this.#runId = Buffer.from(run.runId, 'utf8');
    this.#writers = writers;
    for (let index = 0; index < run.skus; index++) {
      this.ledgers.set(skuName(index), new SkuLedger(skuName(index), run.seed, true));
    }
  }

  /** The record as it counts, or why it cannot. */
  check(record: LogRecord): UsableRecord | BadRecord {
    const schemaId = schemaIdOf(record.value);
    if (schemaId === undefined || record.value === null) {
      return { writer: undefined, reason: 'the value is not in the Confluent wire format' };
    }
    const writer = this.#writers.get(schemaId);
    if (writer?.type === undefined) {
      return { writer, reason: writer?.problem ?? `schema id ${schemaId} was not looked up` };
    }
    const decoded = decodeDatum(writer.type, record.value);
    if (typeof decoded === 'string') return { writer, reason: decoded };
    return this.#place(record, writer, decoded.datum as RawFields, decoded.trailing);
  }

  #place(
    record: LogRecord,
    writer: Writer,
    fields: RawFields,
    trailing: boolean,
  ): UsableRecord | BadRecord {
    const { year, month, day, hour: hourOfDay } = fields;
    const hour = hourIndex(year, month, day, hourOfDay);
    if (hour < 0) {
      return { writer, reason: `no hour of the workload: ${year}-${month}-${day} ${hourOfDay}:00` };
    }
    const seq = seqOf(record.headers);
    if (seq < 0 || seq >= HOURS_PER_SKU) return { writer, reason: 'no seq header that can be' };
    if (!Number.isInteger(fields.manufactured_qty) || typeof fields.sku !== 'string') {
      return { writer, reason: 'sku or manufactured_qty has no value' };
    }
    const ledger = this.#ledger(fields.sku);
    const trouble =
      this.#foreign(record, ledger, trailing) ??
      (this.#run.order === 'chronological' && hour !== seq ? wrongHour(seq, hour) : undefined) ??
      wrongValue(ledger, writer, fields, hour);
    return { writer, fields, ledger, seq, hour, month: monthIndex(year, month), trouble };
  }

  #ledger(sku: string): SkuLedger {
    const known = this.ledgers.get(sku);
    if (known !== undefined) return known;
    const fresh = new SkuLedger(sku, this.#run.seed, false);
    this.ledgers.set(sku, fresh);
    return fresh;
  }

  #foreign(record: LogRecord, ledger: SkuLedger, trailing: boolean): Trouble | undefined {
    if (!ledger.expected) return foreign('SKU is not of this run', null, ledger.sku);
    if (record.key === null || !sameBytes(record.key, ledger.key)) {
      return foreign('key is not the SKU', ledger.sku, record.key?.toString('utf8') ?? null);
    }
    if (!isOfRun(record.headers, this.#runId)) {
      return foreign('run header is not of this run', this.#run.runId, null);
    }
    return trailing ? foreign('bytes follow the last field', null, null) : undefined;
  }
}

function foreign(what: string, expected: string | null, found: string | null): Trouble {
  return { kind: 'duplicated', what, expected, found };
}

function wrongHour(seq: number, hour: number): Trouble {
  return {
    kind: 'mis-aggregated',
    what: 'hour is not that of its seq',
    expected: seq,
    found: hour,
  };
}

function wrongValue(
  { workload }: SkuLedger,
  writer: Writer,
  fields: RawFields,
  hour: number,
): Trouble | undefined {
  const qty = workload.manufacturedQty(hour);
  if (fields.manufactured_qty !== qty) return wrong('manufactured_qty', qty, fields);
  if (writer.knowsDefect) {
    const defect = workload.defectQty(hour);
    if (fields.defect_qty !== defect) return wrong('defect_qty', defect, fields);
  }
  if (writer.knowsCost) {
    const cost = workload.cost(fields.year);
    if (fields.sku_manufacturing_cost !== cost)
      return wrong('sku_manufacturing_cost', cost, fields);
  }
  return undefined;
}

function wrong(
  field: 'manufactured_qty' | 'defect_qty' | 'sku_manufacturing_cost',
  expected: number,
  fields: RawFields,
): Trouble {
  const found = fields[field] ?? null;
  return { kind: 'mis-aggregated', what: `${field} is wrong`, expected, found };
}
