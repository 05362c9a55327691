/** A small run in memory: a log, a correct application over it, and its history; tests plant bugs into each. */

import avsc from 'avsc';
import { dateOfHour } from '../../src/checker/calendar.ts';
import { foldLog } from '../../src/checker/fold-log.ts';
import type { Verdict } from '../../src/checker/verdict.ts';
import { judgeHistory } from '../../src/checker/verdict.ts';
import { monthBaseCost, skuName, skuWorkload } from '../../src/checker/workload.ts';
import type {
  GeneratorHistory,
  History,
  OutputHistory,
  RestHistory,
  RunIdentity,
  StateHistory,
} from '../../src/history/history.ts';
import type { LogBatch, LogRecord } from '../../src/history/log-input.ts';
import { readOutput } from '../../src/history/read-output.ts';

export type Version = 'v1' | 'v2' | 'v3';

/** Hours of each SKU: January 2000 has 744, the rest is of February. */
const HOURS = 800;
const SKUS = 3;
const PARTITIONS = 2;

export const run: RunIdentity = { runId: 'run-1', seed: 1, skus: SKUS, order: 'chronological' };

const ADDED = ['defect_qty', 'sku_manufacturing_cost'];
const addedFields = (names: string[], type: unknown) =>
  names.map((name) => ({ name, type: ['null', type], default: null }));
const integers = (names: string[]) => names.map((name) => ({ name, type: 'int' }));

const rawSchema = (version: number) => ({
  type: 'record',
  name: 'cutover.RawData',
  fields: [
    { name: 'sku', type: 'string' },
    ...integers(['manufactured_qty']),
    ...addedFields(ADDED.slice(0, version - 1), 'int'),
    ...integers(['year', 'month', 'day', 'hour']),
  ],
});

const summarySchema = (version: number) => ({
  type: 'record',
  name: 'cutover.SummaryStats',
  fields: [
    { name: 'sku', type: 'string' },
    ...integers(['year', 'month', 'records']),
    { name: 'manufactured_qty', type: 'long' },
    ...addedFields(['defect_qty', 'production_cost'].slice(0, version - 1), 'long'),
    ...integers(['partition']),
    { name: 'version', type: 'long' },
  ],
});

/** Schema text by id: 1…3 raw data of v1…v3, 11…13 summary rows of v1…v3. */
export const schemas = new Map<number, string>();
for (const version of [1, 2, 3]) {
  schemas.set(version, JSON.stringify(rawSchema(version)));
  schemas.set(10 + version, JSON.stringify(summarySchema(version)));
}

const typeOf = (id: number) =>
  avsc.Type.forSchema(JSON.parse(schemas.get(id) ?? '') as avsc.Schema);
const types = new Map([...schemas.keys()].map((id) => [id, typeOf(id)]));
const number = (version: Version) => Number(version.slice(1));

/** A datum in the Confluent wire format. */
export function encode(schemaId: number, datum: unknown): Buffer {
  const envelope = Buffer.alloc(5);
  envelope.writeInt32BE(schemaId, 1);
  const type = types.get(schemaId);
  if (type === undefined) throw new Error(`no schema ${schemaId}`);
  return Buffer.concat([envelope, type.toBuffer(datum)]);
}

export interface RawFields {
  sku: string;
  manufactured_qty: number;
  defect_qty?: number | null;
  sku_manufacturing_cost?: number | null;
  year: number;
  month: number;
  day: number;
  hour: number;
}

/** The record of a SKU and hour; `change` plants a bug into its fields. */
export function rawRecord(
  skuIndex: number,
  hour: number,
  options: {
    version?: Version;
    seq?: number;
    key?: string;
    run?: string;
    change?: (fields: RawFields) => void;
  } = {},
): LogRecord {
  const sku = skuName(skuIndex);
  const workload = skuWorkload(run.seed, sku);
  const date = dateOfHour(hour);
  const fields: RawFields = {
    sku,
    manufactured_qty: workload.manufacturedQty(hour),
    defect_qty: workload.defectQty(hour),
    sku_manufacturing_cost: workload.cost(date.year),
    ...date,
  };
  options.change?.(fields);
  return {
    offsetDelta: 0,
    key: Buffer.from(options.key ?? sku),
    value: encode(number(options.version ?? 'v1'), fields),
    headers: [
      [Buffer.from('seq'), Buffer.from(String(options.seq ?? hour))],
      [Buffer.from('run'), Buffer.from(options.run ?? run.runId)],
    ],
  };
}

/** The run's log by partition: hours ascending, SKUs in turn; `versionOf` tells who writes which hour. */
export function makeLog(versionOf: (hour: number) => Version = () => 'v1'): LogRecord[][] {
  const log: LogRecord[][] = Array.from({ length: PARTITIONS }, () => []);
  for (let hour = 0; hour < HOURS; hour++) {
    for (let sku = 0; sku < SKUS; sku++) {
      log[sku % PARTITIONS]?.push(rawRecord(sku, hour, { version: versionOf(hour) }));
    }
  }
  return log;
}

/** A dead letter of a record. */
export function deadLetter(partition: number, offset: number, record: LogRecord): LogRecord {
  const headers = { topic: 'raw-data-in', partition, offset, error: 'bad' };
  return {
    ...record,
    headers: Object.entries(headers).map(([name, value]) => [
      Buffer.from(name),
      Buffer.from(String(value)),
    ]),
  };
}

/** How the application runs, and what is planted into it. */
export interface Application {
  version: Version;
  /** Up to which offset of each partition it has come; default all. */
  next?: number[];
  /** Offsets it leaves out, as `partition:offset`. */
  skip?: Set<string>;
  /** Plants a bug into what it reads. */
  read?: (fields: RawFields) => void;
}

interface Row {
  columns: number[];
  version: number;
}

/** Runs the application over a log; its state, rows and answers are plain data that a test may damage. */
export async function runApplication(log: readonly LogRecord[][], application: Application) {
  const rows = log.map((records, partition) => foldPartition(records, partition, application));
  const state = describeState(log, rows, application);
  const summaries = rows.flatMap((partitionRows, partition) =>
    [...partitionRows.totals].map(([key, row]) => summaryRecord(key, row, partition, application)),
  );
  const schemaById = async (id: number) => schemas.get(id);
  const output = await readOutput('summary-stats', batchesOf([summaries]), schemaById);
  return { state, summaries, output, rest: [describeRest(output, application)] };
}

function foldPartition(records: readonly LogRecord[], partition: number, application: Application) {
  const totals = new Map<string, Row>();
  const seqs: Record<string, string> = {};
  for (const [offset, { value, headers }] of records.entries()) {
    if (offset >= (application.next?.[partition] ?? records.length)) break;
    const seq = headers[0]?.[1]?.toString() ?? '';
    if (value === null || application.skip?.has(`${partition}:${offset}`)) continue;
    const fields = { ...types.get(value.readInt32BE(1))?.fromBuffer(value.subarray(5)) };
    application.read?.(fields);
    const { sku, year, month } = fields as RawFields;
    if (Number(seq) <= Number(seqs[sku] ?? -1)) continue;
    seqs[sku] = seq;
    const key = `${sku}|${year}-${String(month).padStart(2, '0')}`;
    const row = totals.get(key) ?? { columns: [0, 0, 0, 0, 0, 0], version: 0 };
    totals.set(key, { columns: add(row.columns, fields as RawFields), version: offset + 1 });
  }
  return { totals, seqs };
}

function add(columns: readonly number[], fields: RawFields): number[] {
  const { manufactured_qty: qty, defect_qty: defect, sku_manufacturing_cost: cost } = fields;
  const added = [
    1,
    qty,
    defect ?? 0,
    Number(defect != null),
    qty * (cost ?? 0),
    Number(cost != null),
  ];
  return columns.map((column, index) => column + (added[index] ?? 0));
}

function describeState(
  log: readonly LogRecord[][],
  rows: readonly ReturnType<typeof foldPartition>[],
  { version, next }: Application,
) {
  const width = number(version) * 2;
  return {
    namespace: 'back-end',
    partitions: rows.map(({ totals, seqs }, partition) => ({
      partition,
      meta: {
        next: String(next?.[partition] ?? log[partition]?.length),
        topicId: 'topic-1',
        undecodable: '0',
        duplicates: '0',
      } as Record<string, string>,
      seq: seqs,
      totals: Object.fromEntries(
        [...totals].map(([key, row]) => [key, row.columns.slice(0, width).join(' ')]),
      ),
      dirty: {} as Record<string, string>,
    })),
  };
}

function summaryRecord(
  key: string,
  { columns, version }: Row,
  partition: number,
  application: Application,
): LogRecord {
  const [sku = '', month = ''] = key.split('|');
  const [year, monthOfYear] = month.split('-').map(Number);
  const [records, qty, defect, defectKnown, cost, costKnown] = columns;
  const datum = {
    ...{ sku, year, month: monthOfYear, records, manufactured_qty: qty, partition, version },
    defect_qty: defectKnown === records ? defect : null,
    production_cost: costKnown === records ? cost : null,
  };
  const value = encode(10 + number(application.version), datum);
  return { offsetDelta: 0, key: Buffer.from(key), value, headers: [] };
}

function describeRest(output: OutputHistory, { version }: Application) {
  const measures = ['manufactured_qty', 'defect_qty', 'production_cost'].slice(0, number(version));
  const rows: Record<string, Record<string, number | null>> = {};
  const months: Record<string, Record<string, number | null>> = {};
  for (const { key, fields } of output.rows) {
    rows[key] = Object.fromEntries(
      measures.map((measure) => [measure, fields[measure] as number | null]),
    );
    const name = key.split('|')[1] ?? '';
    const index = (Number(fields.year) - 2000) * 12 + Number(fields.month) - 1;
    const before = months[name]?.total_manufacturing_cost;
    const cost = fields.production_cost as number | null;
    const total = cost === null || before === null ? null : (before ?? 0) + cost;
    months[name] =
      version === 'v3'
        ? { base_cost: monthBaseCost(run.seed)(index), total_manufacturing_cost: total }
        : {};
  }
  return { deployment: 'stats', instance: 'stats-0', url: 'http://stats', version, rows, months };
}

/** Everything a history is made of; what is left out is as a correct run has it. */
export interface Parts {
  log: readonly LogRecord[][];
  deadLetters?: readonly LogRecord[];
  readerIds?: readonly number[];
  state?: StateHistory;
  output?: OutputHistory;
  rest?: readonly RestHistory[];
  generators?: readonly GeneratorHistory[];
  run?: RunIdentity;
}

/** The history of those parts. */
export async function makeHistory(parts: Parts): Promise<History> {
  const { log, deadLetters = [], state, readerIds = [1] } = parts;
  const partitions = log.map(({ length }, partition) => ({ partition, start: 0, end: length }));
  const folded = await foldLog(parts.run ?? run, {
    extent: { topic: 'raw-data-in', topicId: 'topic-1', partitions },
    batches: batchesOf(log),
    deadLetters: batchesOf([deadLetters]),
    nexts: new Map(state?.partitions.map((each) => [each.partition, Number(each.meta.next)])),
    setAside: new Map(
      state?.partitions.map((each) => [each.partition, Number(each.meta.undecodable)]),
    ),
    schemaById: async (id) => schemas.get(id),
    readers: readerIds.map((schemaId) => ({ schemaId, schema: schemas.get(schemaId) ?? '' })),
  });
  return {
    ...{ format: 1, takenAt: '2024-02-29T00:00:00Z', run: parts.run ?? run, errors: [] },
    ...{ log: folded, generators: parts.generators ?? [], rest: parts.rest ?? [] },
    ...(state ? { state } : {}),
    ...(parts.output ? { output: parts.output } : {}),
  };
}

/** The verdict on a log that a correct application of that version has read, and on what a test changed of it. */
export async function judgeRun(
  parts: Parts,
  application: Application = { version: 'v1' },
): Promise<Verdict> {
  const correct = await runApplication(parts.log, application);
  const history = await makeHistory({ ...correct, ...parts });
  return judgeHistory(JSON.parse(JSON.stringify(history)) as History, {
    complete: true,
    hoursPerSku: HOURS,
  });
}

/** Records as batches of 100, partitions in turn; offsets are positions. */
export async function* batchesOf(log: readonly (readonly LogRecord[])[]): AsyncGenerator<LogBatch> {
  const longest = Math.max(0, ...log.map(({ length }) => length));
  for (let firstOffset = 0; firstOffset < longest; firstOffset += 100) {
    for (const [partition, records] of log.entries()) {
      const batch = records.slice(firstOffset, firstOffset + 100);
      yield {
        partition,
        firstOffset,
        records: batch.map((record, offsetDelta) => ({ ...record, offsetDelta })),
      };
    }
  }
}
