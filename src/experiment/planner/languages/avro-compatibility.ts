/** Avro's schema resolution, judged from the schemas alone: every reason why a reader cannot read what a writer writes. */

import avro from 'avsc';
import type { Incompatibility } from './incompatibility.ts';

const { types } = avro;

/** What a writer's primitive may be read as (Avro specification, "Schema Resolution"). */
const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

/** Reads a schema; throws an error that says what is wrong with it. */
export function parseAvro(schema: unknown): avro.Type {
  return avro.Type.forSchema(schema as avro.Schema, { wrapUnions: 'always' });
}

/** Every reason why data of `writer` cannot be read with `reader`. */
export function avroIncompatibilities(
  reader: avro.Type,
  writer: avro.Type,
): readonly Incompatibility[] {
  return new Comparison().compare(reader, writer, '');
}

/** Compares two types; a pair that is under way is not entered again, because a type may contain itself. */
class Comparison {
  readonly #underWay = new Map<avro.Type, Set<avro.Type>>();

  compare(reader: avro.Type, writer: avro.Type, path: string): readonly Incompatibility[] {
    const begun = this.#underWay.get(reader) ?? new Set();
    if (begun.has(writer)) return [];
    this.#underWay.set(reader, begun.add(writer));
    try {
      return this.#compareOnce(bare(reader), bare(writer), path);
    } finally {
      begun.delete(writer);
    }
  }

  #compareOnce(reader: avro.Type, writer: avro.Type, path: string): readonly Incompatibility[] {
    if (isUnion(writer)) {
      return writer.types.flatMap((branch) => this.compare(reader, branch, path));
    }
    if (isUnion(reader)) return this.#compareWithBranches(reader, writer, path);
    const [readerKind, writerKind] = [reader.typeName, writer.typeName];
    if (readerKind !== writerKind) {
      if (promotions[writerKind]?.includes(readerKind)) return [];
      return [{ path, message: `${at(path)} is ${say(reader)}, but ${say(writer)} is written` }];
    }
    if (reader instanceof types.ArrayType && writer instanceof types.ArrayType) {
      return this.compare(reader.itemsType, writer.itemsType, `${path}[]`);
    }
    if (reader instanceof types.MapType && writer instanceof types.MapType) {
      return this.compare(reader.valuesType, writer.valuesType, `${path}{}`);
    }
    return this.#compareNamed(reader, writer, path);
  }

  #compareNamed(reader: avro.Type, writer: avro.Type, path: string): readonly Incompatibility[] {
    if (reader.name === undefined || writer.name === undefined) return [];
    const reasons: Incompatibility[] = [];
    if (!namesMatch(reader, writer)) {
      const message = `${at(path)} is named ${reader.name}, but ${writer.name} is written`;
      reasons.push({ path, message });
    }
    if (reader instanceof types.EnumType && writer instanceof types.EnumType) {
      reasons.push(...compareSymbols(reader, writer, path));
    }
    if (reader instanceof types.FixedType && writer instanceof types.FixedType) {
      reasons.push(...compareSizes(reader, writer, path));
    }
    if (reader instanceof types.RecordType && writer instanceof types.RecordType) {
      reasons.push(...this.#compareFields(reader, writer, path));
    }
    return reasons;
  }

  #compareFields(
    reader: avro.types.RecordType,
    writer: avro.types.RecordType,
    path: string,
  ): readonly Incompatibility[] {
    return reader.fields.flatMap((field) => {
      const place = path === '' ? field.name : `${path}.${field.name}`;
      const written = writerField(field, writer);
      if (written !== undefined) return this.compare(field.type, written.type, place);
      if (field.defaultValue() !== undefined) return [];
      const message = `field ${place} has no default, and the writer does not write it`;
      return [{ path: place, message }];
    });
  }

  #compareWithBranches(reader: Union, writer: avro.Type, path: string): readonly Incompatibility[] {
    if (reader.types.some((branch) => this.compare(branch, writer, path).length === 0)) return [];
    const message = `${at(path)} is ${say(reader)}, no branch of which reads ${say(writer)}`;
    return [{ path, message }];
  }
}

type Union = avro.types.UnwrappedUnionType | avro.types.WrappedUnionType;

function isUnion(type: avro.Type): type is Union {
  return type.typeName.startsWith('union');
}

/** The type beneath a logical one: resolution knows no logical types. */
function bare(type: avro.Type): avro.Type {
  return type instanceof types.LogicalType ? type.underlyingType : type;
}

/** The writer's field that the reader's is filled from: by name, else by one of the reader's aliases. */
export function writerField(
  field: avro.types.Field,
  writer: avro.types.RecordType,
): avro.types.Field | undefined {
  const names = [field.name, ...field.aliases];
  return names
    .map((name) => writer.fields.find((written) => written.name === name))
    .find((written) => written !== undefined);
}

/** Names are compared without their namespace, as Apache Avro does; an alias of the reader counts in full. */
function namesMatch(reader: avro.Type, writer: avro.Type): boolean {
  if (lastPart(reader.name) === lastPart(writer.name)) return true;
  return reader.aliases?.includes(writer.name ?? '') === true;
}

function lastPart(name: string | undefined): string | undefined {
  return name?.slice(name.lastIndexOf('.') + 1);
}

function compareSymbols(
  reader: avro.types.EnumType,
  writer: avro.types.EnumType,
  path: string,
): readonly Incompatibility[] {
  if ((reader as { readonly default?: string }).default !== undefined) return [];
  const unknown = writer.symbols.filter((symbol) => !reader.symbols.includes(symbol));
  if (unknown.length === 0) return [];
  const message = `${at(path)} does not know ${unknown.join(', ')} and has no default`;
  return [{ path, message }];
}

function compareSizes(
  reader: avro.types.FixedType,
  writer: avro.types.FixedType,
  path: string,
): readonly Incompatibility[] {
  if (reader.size === writer.size) return [];
  const message = `${at(path)} has ${reader.size} bytes, but ${writer.size} are written`;
  return [{ path, message }];
}

function at(path: string): string {
  return path === '' ? 'the schema' : `field ${path}`;
}

/** A type for people, e.g. `int` or `a union of null and int`. */
function say(type: avro.Type): string {
  if (isUnion(type)) return `a union of ${type.types.map(say).join(' and ')}`;
  return type.name === undefined ? type.typeName : `${type.typeName} ${type.name}`;
}
