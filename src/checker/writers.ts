/** Decodes records with the schema they name, and finds which reader schemas could not. */

import avsc from 'avsc';
import type { LogWriter } from '../history/history.ts';
import type { LogBatch, LogInput, RegisteredSchema } from '../history/log-input.ts';

/** A raw record with the fields that its writer's schema has. */
export interface RawFields {
  readonly sku: string;
  readonly manufactured_qty: number;
  readonly defect_qty?: number | null;
  readonly sku_manufacturing_cost?: number | null;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
}

/** One schema id that records name, and what it decodes with. */
export interface Writer {
  readonly schemaId: number;
  /** Absent where the registry does not know the id, or the schema is not a raw record's. */
  readonly type: avsc.Type | undefined;
  readonly problem: string;
  readonly version: string | null;
  readonly knowsDefect: boolean;
  readonly knowsCost: boolean;
  readonly unreadableBy: readonly { schemaId: number; reason: string }[];
  partition: number;
  firstOffset: number;
  records: number;
}

/** Bytes before the Avro datum in the Confluent wire format: a zero, then the schema id. */
const ENVELOPE_BYTES = 5;

/** The schema id that a value names; undefined where it is not in the Confluent wire format. */
export function schemaIdOf(value: Buffer | null): number | undefined {
  if (value === null || value.length < ENVELOPE_BYTES || value[0] !== 0) return undefined;
  return value.readInt32BE(1);
}

/** A decoded datum, or why there is none. `trailing` tells that bytes were left over. */
export function decodeDatum(
  type: avsc.Type,
  value: Buffer,
): { datum: unknown; trailing: boolean } | string {
  try {
    const { value: datum, offset } = type.decode(value, ENVELOPE_BYTES);
    if (offset < 0) return 'the value ends before its last field';
    return { datum, trailing: offset !== value.length };
  } catch (error) {
    return `Avro: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The application version whose raw-record fields a schema has; null where it is no raw record's schema. */
function versionOfSchema(type: avsc.Type): string | null {
  const names = fieldNames(type);
  const required = ['sku', 'manufactured_qty', 'year', 'month', 'day', 'hour'];
  if (!required.every((name) => names.has(name))) return null;
  if (names.has('sku_manufacturing_cost')) return 'v3';
  return names.has('defect_qty') ? 'v2' : 'v1';
}

function fieldNames(type: avsc.Type): Set<string> {
  if (!avsc.Type.isType(type, 'record')) return new Set();
  return new Set((type as avsc.types.RecordType).fields.map((field) => field.name));
}

/** The writers met so far. */
export class Writers {
  readonly #byId = new Map<number, Writer>();
  readonly #readers: readonly { schemaId: number; type: avsc.Type }[];
  readonly #schemaById: LogInput['schemaById'];
  #last: Writer | undefined;

  constructor(readers: readonly RegisteredSchema[], schemaById: LogInput['schemaById']) {
    this.#readers = readers.map(({ schemaId, schema }) => ({ schemaId, type: parse(schema) }));
    this.#schemaById = schemaById;
  }

  /** Fetches each schema that a record of the batch names and none before it did. */
  async prepare(batch: LogBatch): Promise<void> {
    for (const { value } of batch.records) {
      const schemaId = schemaIdOf(value);
      if (schemaId === undefined || schemaId === this.#last?.schemaId) continue;
      const known = this.#byId.get(schemaId) ?? (await this.#load(schemaId));
      this.#last = known;
    }
  }

  /** The writer of a schema id that `prepare` has seen. */
  get(schemaId: number): Writer | undefined {
    if (this.#last?.schemaId === schemaId) return this.#last;
    this.#last = this.#byId.get(schemaId);
    return this.#last;
  }

  /** As saved in a history. */
  summary(): LogWriter[] {
    return [...this.#byId.values()].map(
      ({ schemaId, version, records, partition, firstOffset, unreadableBy }) => ({
        schemaId,
        version,
        records,
        partition,
        firstOffset,
        unreadableBy,
      }),
    );
  }

  /** The reader schemas, with the version that each belongs to. */
  readers(): { schemaId: number; version: string }[] {
    return this.#readers.map(({ schemaId, type }) => ({
      schemaId,
      version: versionOfSchema(type) ?? 'unknown',
    }));
  }

  async #load(schemaId: number): Promise<Writer> {
    const schema = await this.#schemaById(schemaId);
    const type = schema === undefined ? undefined : parse(schema);
    const version = type === undefined ? null : versionOfSchema(type);
    const names = type === undefined ? new Set<string>() : fieldNames(type);
    const writer: Writer = {
      schemaId,
      type: version === null ? undefined : type,
      problem:
        type === undefined
          ? `schema id ${schemaId} is not registered`
          : `schema id ${schemaId} is no raw record's`,
      version,
      knowsDefect: names.has('defect_qty'),
      knowsCost: names.has('sku_manufacturing_cost'),
      unreadableBy: type === undefined || version === null ? [] : this.#unreadable(type),
      partition: -1,
      firstOffset: -1,
      records: 0,
    };
    this.#byId.set(schemaId, writer);
    return writer;
  }

  /** Resolution in avsc depends on the two schemas alone: where it succeeds, every datum of the writer can be read. */
  #unreadable(type: avsc.Type): { schemaId: number; reason: string }[] {
    return this.#readers.flatMap((reader) => {
      try {
        reader.type.createResolver(type);
        return [];
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return [{ schemaId: reader.schemaId, reason: reason.slice(0, 300) }];
      }
    });
  }
}

function parse(schema: string): avsc.Type {
  return avsc.Type.forSchema(JSON.parse(schema) as avsc.Schema);
}
