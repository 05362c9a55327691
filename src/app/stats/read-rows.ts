/** Reads the summary rows out of a slice of the topic; what cannot be read is handed to the caller and left out. */
import type { Decoder } from '../runtime/avro.ts';
import { schemaIdOf } from '../runtime/avro.ts';
import { FIRST_YEAR, LAST_YEAR } from '../runtime/calendar.ts';
import type { LogRecord } from '../runtime/log-record.ts';
import type { Slice } from '../runtime/log-slice.ts';
import { eachRecord } from '../runtime/log-slice.ts';
import type { SummaryRow } from '../version.ts';
import { rowKey } from './state/row-key.ts';
import type { ReadRow } from './state/summary-store.ts';

/** Hears of each record that is left out. */
export type Reject = (record: LogRecord, error: unknown) => void;

/** The slice's rows, of each key the one with the highest version (the last of equals); waits for unknown schemas. */
export async function readRows(
  slice: Slice,
  decoder: Decoder<SummaryRow>,
  reject: Reject,
): Promise<ReadRow[]> {
  for (const schemaId of unpreparedIds(slice, decoder)) await decoder.prepare(schemaId);
  const rows = new Map<string, ReadRow>();
  eachRecord(slice, (record) => {
    try {
      const read = readRow(record, decoder);
      const other = rows.get(read.key);
      if (other === undefined || other.row.version <= read.row.version) rows.set(read.key, read);
    } catch (error) {
      reject(record, error);
    }
  });
  return [...rows.values()];
}

function unpreparedIds(slice: Slice, decoder: Decoder<SummaryRow>): Set<number> {
  const ids = new Set<number>();
  eachRecord(slice, ({ value }) => {
    // A value too short to hold an id is judged where it is read.
    const id = value && value.length >= 5 && value[0] === 0 ? schemaIdOf(value) : undefined;
    if (id !== undefined && !decoder.isPrepared(id)) ids.add(id);
  });
  return ids;
}

function readRow(record: LogRecord, decoder: Decoder<SummaryRow>): ReadRow {
  const schemaId = schemaIdOf(record.value);
  const row = decoder.decode(record.value ?? Buffer.alloc(0), schemaId);
  const key = rowKey(row.sku, row.year, row.month);
  const why = problemOf(row) ?? (record.key?.toString() === key ? undefined : 'its key is another');
  if (why !== undefined)
    throw new RangeError(`the row ${JSON.stringify(key)} cannot be true: ${why}`);
  return { offset: record.offset, key, row };
}

/** Why a row that decodes cannot be true, naming the field. */
function problemOf(row: SummaryRow): string | undefined {
  if (!(row.year >= FIRST_YEAR && row.year <= LAST_YEAR)) return `year ${row.year}`;
  if (!(row.month >= 1 && row.month <= 12)) return `month ${row.month}`;
  if (row.version < 0) return `version ${row.version}`;
  if (Number(row.records) < 0) return `records ${row.records}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  if (!/^[^\u0000-\u001f\u007f|]{1,128}$/u.test(row.sku)) return 'sku';
  return undefined;
}
