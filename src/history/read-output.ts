/** Reads the output topic and keeps, for each key, the row that counts. */

import avsc from 'avsc';
import type { FindingTally, OutputHistory, OutputRow } from './history.ts';
import type { LogBatch, LogRecord } from './log-input.ts';

const ENVELOPE_BYTES = 5;
const KEPT_CONTRADICTIONS = 20;
const IDENTITY = ['sku', 'year', 'month', 'partition', 'version'];

type SchemaById = (schemaId: number) => Promise<string | undefined>;
type Fields = OutputRow['fields'];

/** Reduces the output topic's records to the highest version of each key, the last one where several have it. */
export async function readOutput(
  topic: string,
  batches: AsyncIterable<LogBatch>,
  schemaById: SchemaById,
): Promise<OutputHistory> {
  const reader = new OutputReader(topic, schemaById);
  for await (const batch of batches) {
    for (const record of batch.records) {
      await reader.add(batch.partition, batch.firstOffset + record.offsetDelta, record);
    }
  }
  return reader.finish();
}

class OutputReader {
  readonly #topic: string;
  readonly #schemaById: SchemaById;
  readonly #types = new Map<number, avsc.Type | undefined>();
  readonly #rows = new Map<string, OutputRow>();
  readonly #contradictions: FindingTally['findings'][number][] = [];
  #contradictionCount = 0;
  #records = 0;
  #undecodable = 0;
  #superseded = 0;

  constructor(topic: string, schemaById: SchemaById) {
    this.#topic = topic;
    this.#schemaById = schemaById;
  }

  async add(partition: number, offset: number, { key, value }: LogRecord): Promise<void> {
    this.#records++;
    const decoded = value === null || key === null ? undefined : await this.#decode(value);
    if (decoded === undefined || key === null) {
      this.#undecodable++;
      return;
    }
    const row: OutputRow = { key: key.toString('utf8'), partition, offset, ...decoded };
    const held = this.#rows.get(row.key);
    if (held === undefined) this.#rows.set(row.key, row);
    else this.#replace(held, row);
  }

  finish(): OutputHistory {
    const counts = { lost: 0, duplicated: 0, stale: 0, undecodable: 0, unavailable: 0 };
    return {
      topic: this.#topic,
      rows: [...this.#rows.values()],
      records: this.#records,
      undecodable: this.#undecodable,
      superseded: this.#superseded,
      contradictions: {
        counts: { ...counts, 'mis-aggregated': this.#contradictionCount },
        findings: this.#contradictions,
      },
    };
  }

  #replace(held: OutputRow, row: OutputRow): void {
    const [before, after] = [Number(held.fields.version), Number(row.fields.version)];
    if (after < before) {
      this.#superseded++;
      return;
    }
    if (after === before && held.schemaId === row.schemaId) this.#compare(held, row);
    this.#rows.set(row.key, row);
  }

  #compare(held: OutputRow, row: OutputRow): void {
    const name = Object.keys(row.fields).find((each) => held.fields[each] !== row.fields[each]);
    if (name === undefined) return;
    this.#contradictionCount++;
    if (this.#contradictions.length >= KEPT_CONTRADICTIONS) return;
    const { sku, year, month } = row.fields;
    this.#contradictions.push({
      kind: 'mis-aggregated',
      what: `summary row of the same version differs from the one at offset ${held.offset}: ${name}`,
      ...{ topic: this.#topic, partition: row.partition, offset: row.offset },
      ...{ schemaId: row.schemaId, version: null },
      ...{ sku: String(sku), year: Number(year), month: Number(month) },
      expected: held.fields[name] ?? null,
      found: row.fields[name] ?? null,
    });
  }

  async #decode(value: Buffer): Promise<Pick<OutputRow, 'schemaId' | 'fields'> | undefined> {
    if (value.length < ENVELOPE_BYTES || value[0] !== 0) return undefined;
    const schemaId = value.readInt32BE(1);
    const type = await this.#type(schemaId);
    if (type === undefined) return undefined;
    try {
      const { value: fields, offset } = type.decode(value, ENVELOPE_BYTES);
      if (offset < 0 || IDENTITY.some((name) => fields?.[name] === undefined)) return undefined;
      return { schemaId, fields: { ...(fields as Fields) } };
    } catch (error) {
      if (error instanceof Error) return undefined; // avsc throws plain errors for data that does not fit
      throw error;
    }
  }

  async #type(schemaId: number): Promise<avsc.Type | undefined> {
    if (this.#types.has(schemaId)) return this.#types.get(schemaId);
    const schema = await this.#schemaById(schemaId);
    const type =
      schema === undefined ? undefined : avsc.Type.forSchema(JSON.parse(schema) as avsc.Schema);
    this.#types.set(schemaId, type);
    return type;
  }
}
