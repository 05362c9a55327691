/** Finds in the log how far each SKU was produced, so that a generator goes on exactly there. */
import type { Decoder } from '../runtime/avro.ts';
import { createDecoder, schemaIdOf, UndecodableError } from '../runtime/avro.ts';
import type { CalendarHour } from '../runtime/calendar.ts';
import { calendarHour, HOURS } from '../runtime/calendar.ts';
import type { LogReader } from '../runtime/log-reader.ts';
import type { LogRecord } from '../runtime/log-record.ts';
import type { Slice } from '../runtime/log-slice.ts';
import { eachRecord } from '../runtime/log-slice.ts';
import { partitionOf } from '../runtime/partitioner.ts';
import type { Registry } from '../runtime/registry.ts';
import type { AvroSchema } from '../version.ts';
import type { Order } from './order.ts';
import { skuName } from './sku-list.ts';

interface Produced extends CalendarHour {
  readonly sku: string;
}

/** What every version's records can be resolved to. */
const IDENTITY: AvroSchema = {
  type: 'record',
  name: 'RawData',
  namespace: 'cutover',
  fields: [
    { name: 'sku', type: 'string' },
    ...['year', 'month', 'day', 'hour'].map((name) => ({ name, type: 'int' })),
  ],
};

const FIRST_WINDOW_RECORDS = 10_000;

/** What finding the place needs. */
export interface ResumeParts {
  readonly reader: LogReader;
  readonly registry: Registry;
  readonly seed: number;
  readonly order: Order;
}

/**
 * Last `seq` in the log of each SKU (-1: none), read from the ends backwards, in windows that double until every SKU was
 * met. Only records that are what this generator would have written count, so that foreign ones mislead nobody.
 */
export async function lastSeqsInLog(
  parts: ResumeParts,
  indexes: readonly number[],
): Promise<Map<number, number>> {
  const { reader, registry } = parts;
  const decoder = createDecoder<Produced>(IDENTITY, registry);
  const [partitions, starts, ends] = await Promise.all([
    reader.partitionCount(),
    reader.offsets('start'),
    reader.offsets('end'),
  ]);
  const found = new Map(indexes.map((index) => [index, -1]));
  const missing = new Map<string, { index: number; partition: number }>();
  for (const index of indexes) {
    const sku = skuName(index);
    missing.set(sku, { index, partition: partitionOf(Buffer.from(sku), partitions) });
  }
  const readFrom = [...ends];
  for (let window = FIRST_WINDOW_RECORDS; missing.size > 0; window *= 2) {
    const ranges = new Map<number, readonly [number, number]>();
    for (const partition of new Set([...missing.values()].map((sku) => sku.partition))) {
      const to = readFrom[partition] ?? 0;
      const from = Math.max(starts[partition] ?? 0, to - window);
      if (from < to) ranges.set(partition, [from, to]);
      readFrom[partition] = from;
    }
    if (ranges.size === 0) break;
    await reader.read(ranges, (slice) => visitSlice(slice, ranges, parts, decoder, missing, found));
    for (const [sku, { index }] of missing) if (found.get(index) !== -1) missing.delete(sku);
  }
  return found;
}

async function visitSlice(
  slice: Slice,
  ranges: ReadonlyMap<number, readonly [number, number]>,
  parts: ResumeParts,
  decoder: Decoder<Produced>,
  wanted: ReadonlyMap<string, { index: number }>,
  found: Map<number, number>,
): Promise<void> {
  const to = ranges.get(slice.partition)?.[1] ?? 0;
  const candidates: LogRecord[] = [];
  eachRecord(slice, (record) => {
    if (record.offset < to) candidates.push(record);
  });
  for (const record of candidates) {
    const index = wanted.get(record.key?.toString('utf8') ?? '')?.index;
    if (index === undefined) continue;
    const seq = await seqIfOurs(record, parts, decoder);
    if (seq !== undefined && seq > (found.get(index) ?? -1)) found.set(index, seq);
  }
}

/** The record's `seq` where its SKU and hour are the ones that belong to that `seq`. */
async function seqIfOurs(
  record: LogRecord,
  { seed, order }: ResumeParts,
  decoder: Decoder<Produced>,
): Promise<number | undefined> {
  const header = record.headers.find(([name]) => name?.toString('utf8') === 'seq')?.[1];
  const seq = Number(header?.toString('utf8') ?? Number.NaN);
  if (!Number.isInteger(seq) || seq < 0 || seq >= HOURS) return undefined;
  try {
    const schemaId = schemaIdOf(record.value);
    if (!decoder.isPrepared(schemaId)) await decoder.prepare(schemaId);
    const produced = decoder.decode(record.value as Buffer, schemaId);
    const due = calendarHour(order(seed, produced.sku, seq));
    const sameHour = produced.year === due.year && produced.month === due.month;
    const ours = sameHour && produced.day === due.day && produced.hour === due.hour;
    return ours && produced.sku === record.key?.toString('utf8') ? seq : undefined;
  } catch (error) {
    if (error instanceof UndecodableError) return undefined;
    throw error;
  }
}
