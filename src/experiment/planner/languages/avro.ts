/** Avro as a schema language: what a reader fills, what it drops, and an example in real bytes. */

import avro from 'avsc';
import { avroIncompatibilities, parseAvro, writerField } from './avro-compatibility.ts';
import type { Filled, SchemaLanguage } from './schema-language.ts';

const { types } = avro;

export const avroLanguage: SchemaLanguage<avro.Type> = {
  type: 'AVRO',
  name: 'Avro',
  parse: (text) => parseAvro(JSON.parse(text)),
  cannotRead: (reader, writer) => avroIncompatibilities(reader, writer),
  filled: (reader, writer) => filledFields(reader, writer, ''),
  dropped: (reader, writer) => droppedFields(reader, writer, ''),
  notJudged: () => [],
  example(reader, writer) {
    const record = sampleOf(writer, 0);
    const bytes = writer.toBuffer(record);
    const written = writer.toString(record);
    try {
      const options = { ignoreNamespaces: true };
      const resolver = reader.createResolver(writer, options);
      return { written, readAs: reader.toString(reader.fromBuffer(bytes, resolver)) };
    } catch (error) {
      return { written, readAs: error instanceof Error ? error.message : String(error) };
    }
  },
};

/** Each pair of records that stand at the same place; a record within itself is not entered again. */
function pairs(
  reader: avro.Type,
  writer: avro.Type,
  path: string,
  seen = new Set<avro.Type>(),
): readonly Pair[] {
  if (reader instanceof types.ArrayType && writer instanceof types.ArrayType) {
    return pairs(reader.itemsType, writer.itemsType, `${path}[]`, seen);
  }
  if (reader instanceof types.MapType && writer instanceof types.MapType) {
    return pairs(reader.valuesType, writer.valuesType, `${path}{}`, seen);
  }
  const [readerRecord, writerRecord] = [recordIn(reader), recordIn(writer)];
  if (readerRecord === undefined || writerRecord === undefined) return [];
  if (seen.has(readerRecord)) return [];
  seen.add(readerRecord);
  const inner = readerRecord.fields.flatMap((field) => {
    const written = writerField(field, writerRecord);
    if (written === undefined) return [];
    return pairs(field.type, written.type, `${path}.${field.name}`, seen);
  });
  return [{ reader: readerRecord, writer: writerRecord, path }, ...inner];
}

interface Pair {
  readonly reader: avro.types.RecordType;
  readonly writer: avro.types.RecordType;
  readonly path: string;
}

/** The record itself, or the only one among the branches of a union. */
function recordIn(type: avro.Type): avro.types.RecordType | undefined {
  if (type instanceof types.RecordType) return type;
  if (!(type instanceof types.WrappedUnionType)) return undefined;
  const records = type.types.filter((branch) => branch instanceof types.RecordType);
  return records.length === 1 ? records[0] : undefined;
}

function filledFields(reader: avro.Type, writer: avro.Type, path: string): readonly Filled[] {
  return pairs(reader, writer, path).flatMap((pair) =>
    pair.reader.fields
      .filter((field) => writerField(field, pair.writer) === undefined)
      .filter((field) => field.defaultValue() !== undefined)
      .map((field) => {
        const value = JSON.stringify(field.defaultValue());
        const isTellable = value === 'null';
        return { path: `${pair.path}.${field.name}`.slice(1), value, isTellable };
      }),
  );
}

function droppedFields(reader: avro.Type, writer: avro.Type, path: string): readonly string[] {
  return pairs(reader, writer, path).flatMap((pair) => {
    const read = new Set(pair.reader.fields.map((field) => writerField(field, pair.writer)?.name));
    return pair.writer.fields
      .filter(({ name }) => !read.has(name))
      .map(({ name }) => `${pair.path}.${name}`.slice(1));
  });
}

const samples: Readonly<Record<string, unknown>> = {
  null: null,
  boolean: true,
  int: 7,
  long: 7,
  float: 0.5,
  double: 0.5,
  bytes: Buffer.from('a'),
  string: 'a',
};

/** A value of the type in which every optional part is there, four levels deep. */
function sampleOf(type: avro.Type, depth: number): unknown {
  if (type instanceof types.RecordType) {
    return Object.fromEntries(
      type.fields.map((field) => [field.name, sampleOf(field.type, depth + 1)]),
    );
  }
  if (type instanceof types.ArrayType)
    return depth > 4 ? [] : [sampleOf(type.itemsType, depth + 1)];
  if (type instanceof types.MapType)
    return depth > 4 ? {} : { a: sampleOf(type.valuesType, depth + 1) };
  if (type instanceof types.EnumType) return type.symbols.at(-1);
  if (type instanceof types.FixedType) return Buffer.alloc(type.size);
  if (type instanceof types.LogicalType) return sampleOf(type.underlyingType, depth);
  if (type instanceof types.WrappedUnionType) return sampleOfUnion(type, depth);
  return samples[type.typeName];
}

function sampleOfUnion({ types: branches }: avro.types.WrappedUnionType, depth: number): unknown {
  const isNull = (branch: avro.Type) => branch.typeName === 'null';
  const last = branches.findLast((branch) => !isNull(branch));
  if (last === undefined || (depth > 4 && branches.some(isNull))) return null;
  return { [last.branchName ?? last.typeName]: sampleOf(last, depth) };
}
