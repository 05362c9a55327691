/** The application's versions as the planner sees them: their schemas, real records, and what those become when read. */

import avro from 'avsc';
import { badSchema } from '../../app/defects/bad-schema.ts';
import type { ApplicationVersion, AvroSchema, SchemaStyle } from '../../app/version.ts';
import { availableVersions, loadVersion } from '../../app/versions/load.ts';

const versions = new Map(
  await Promise.all(
    availableVersions().map(async (name) => [name, await loadVersion(name)] as const),
  ),
);

/** Noon of the first day: every version has something to count then. */
const NOON = 12;
const SEED = 1;
const SKU = 'sku_000000';

/** Names of the versions, ascending. */
export const versionNames: readonly string[] = [...versions.keys()];

/** A schema and a record as it is written with it. */
export interface Writing {
  readonly schema: AvroSchema;
  readonly record: Readonly<Record<string, unknown>>;
}

/** What a version's Raw Data Generator writes; the same object each time. */
export const rawWriting = remember((name, style) => rawWritingOf(find(name), style));

/** The same of the defective build `bad-schema`. */
export const badRawWriting = remember((name, style) => {
  const version = find(name);
  return rawWritingOf(badSchema.generator?.(version) ?? version, style);
});

/** What a version's Back End writes after one record of its own; the same object each time. */
export const summaryWriting = remember((name): Writing => {
  const { columns, fold, summarise, makeRecord, summarySchema } = find(name);
  const [row, record] = [new Array<number>(columns).fill(0), makeRecord(SEED, SKU, NOON)];
  fold(row, record);
  const { sku, year, month } = record;
  const summary = { sku, year, month, partition: 0, version: 1, ...summarise(row) };
  return { schema: summarySchema, record: summary };
});

/** What a reader makes of the real bytes of a record, or why it cannot. */
export type Reading =
  | { readonly value: Readonly<Record<string, unknown>> }
  | { readonly error: string };

/** Encodes a record with its schema and decodes the bytes with the reader's. */
export function readAs({ schema, record }: Writing, readSchema: AvroSchema): Reading {
  const writer = avro.Type.forSchema(schema as avro.Schema);
  const reader = avro.Type.forSchema(readSchema as avro.Schema);
  const bytes = writer.toBuffer(record);
  try {
    const value = reader.fromBuffer(bytes, reader.createResolver(writer));
    return { value: { ...(value as Readonly<Record<string, unknown>>) } };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** Fields of a schema that another one lacks. */
export function fieldsBeyond(schema: AvroSchema, other: AvroSchema): readonly string[] {
  const known = new Set(other.fields.map(({ name }) => name));
  return schema.fields.map(({ name }) => name).filter((name) => !known.has(name));
}

function rawWritingOf(version: ApplicationVersion, style: SchemaStyle): Writing {
  return { schema: version.rawDataSchema(style), record: version.makeRecord(SEED, SKU, NOON) };
}

function find(version: string): ApplicationVersion {
  const found = versions.get(version);
  if (found !== undefined) return found;
  throw new RangeError(`no version ${version} is here: there are ${versionNames.join(', ')}`);
}

function remember<Result>(make: (name: string, style: SchemaStyle) => Result) {
  const known = new Map<string, Result>();
  return (name: string, style: SchemaStyle = 'optional'): Result => {
    const key = `${name} ${style}`;
    const result = known.get(key) ?? make(name, style);
    known.set(key, result);
    return result;
  };
}
