/**
 * Protobuf as a schema language: fields meet by their number, and a value is read by the wire type that it was written with
 * (Protocol Buffers documentation, "Updating A Message Type").
 */

import protobuf from 'protobufjs';
import type { Incompatibility } from './incompatibility.ts';
import { protobufExample } from './protobuf-example.ts';
import type { ProtobufSchema } from './protobuf-schema.ts';
import { isReserved, isTellable, parseProtobuf, typeOf } from './protobuf-schema.ts';
import type { Filled, SchemaLanguage } from './schema-language.ts';

export const protobufLanguage: SchemaLanguage<ProtobufSchema> = {
  type: 'PROTOBUF',
  name: 'Protobuf',
  parse: parseProtobuf,
  cannotRead: (reader, writer) =>
    [...writer.messages].flatMap(([name, written]) => {
      const read = reader.messages.get(name);
      if (read === undefined) return [{ path: name, message: `message ${name} is gone` }];
      return compareFields(read, written);
    }),
  filled: (reader, writer) =>
    both(reader, writer).flatMap(({ read, written }) => filledFields(read, written)),
  dropped: (reader, writer) =>
    both(reader, writer).flatMap(({ read, written }) =>
      written.fieldsArray
        .filter(({ id }) => read.fieldsById[id] === undefined)
        .map((field) => placeOf(field)),
    ),
  notJudged: (one, other) =>
    [...new Set([...one.missing, ...other.missing])].map((path) => `what ${path} declares`),
  example: protobufExample,
};

/** Kinds whose values can be read as each other; an enum is written as an int32. */
const exchangeable = [
  ['int32', 'uint32', 'int64', 'uint64', 'bool', 'enum'],
  ['sint32', 'sint64'],
  ['string', 'bytes'],
  ['fixed32', 'sfixed32'],
  ['fixed64', 'sfixed64'],
];

interface Both {
  readonly read: protobuf.Type;
  readonly written: protobuf.Type;
}

function both(reader: ProtobufSchema, writer: ProtobufSchema): readonly Both[] {
  return [...writer.messages].flatMap(([name, written]) => {
    const read = reader.messages.get(name);
    return read === undefined ? [] : [{ read, written }];
  });
}

function compareFields(read: protobuf.Type, written: protobuf.Type): readonly Incompatibility[] {
  const met = written.fieldsArray.flatMap((field) => {
    const own = read.fieldsById[field.id];
    return own === undefined ? movedAway(field, read) : compareField(own, field);
  });
  const alone = read.fieldsArray.filter(({ id }) => written.fieldsById[id] === undefined);
  return [...met, ...alone.flatMap((field) => unwritten(field, written)), ...joined(read, written)];
}

/** A number that the reader does not know: its value is skipped, which is a loss where the name has another number. */
function movedAway(field: protobuf.Field, read: protobuf.Type): readonly Incompatibility[] {
  const own = read.fields[field.name];
  if (own === undefined) return [];
  const path = placeOf(field);
  const message = `field ${path} has the number ${own.id}, but is written with the number ${field.id}`;
  return [{ path, message }];
}

/** A field of the reader that is never written. */
function unwritten(field: protobuf.Field, written: protobuf.Type): readonly Incompatibility[] {
  const path = placeOf(field);
  if (field.required) {
    return [{ path, message: `field ${path} is required, and the writer does not write it` }];
  }
  if (!isReserved(written, field)) return [];
  const message = `field ${path} takes the number ${field.id} or the name ${field.name}, which the writer has reserved: older data may hold something else there`;
  return [{ path, message }];
}

function compareField(own: protobuf.Field, field: protobuf.Field): readonly Incompatibility[] {
  const path = placeOf(own);
  if (own.required && !field.required) {
    return [{ path, message: `field ${path} is required, and the writer may leave it out` }];
  }
  const [read, written] = [shapeOf(own), shapeOf(field)];
  if (read === written) return [];
  const message = `field ${path} (number ${own.id}) is ${read}, but ${written} is written`;
  const isSameShape = own.repeated === field.repeated && own.map === field.map;
  const group = exchangeable.find((kinds) => kinds.includes(kindOf(own)));
  return isSameShape && group?.includes(kindOf(field)) ? [] : [{ path, message }];
}

/** Fields that come together in one oneof: of those that were written side by side only the last one is read. */
function joined(read: protobuf.Type, written: protobuf.Type): readonly Incompatibility[] {
  return read.oneofsArray.flatMap((oneof) => {
    const apart = oneof.fieldsArray.filter(({ id }) => {
      const field = written.fieldsById[id];
      return field !== undefined && (field.partOf === null || field.partOf.fieldsArray.length < 2);
    });
    if (oneof.fieldsArray.length < 2 || apart.length < 2) return [];
    const path = `${read.name}.${oneof.name}`;
    const names = apart.map(({ name }) => name).join(' and ');
    return [
      { path, message: `${names} are in the oneof ${path}, but may be written side by side` },
    ];
  });
}

function filledFields(read: protobuf.Type, written: protobuf.Type): readonly Filled[] {
  return read.fieldsArray
    .filter(({ id, required }) => written.fieldsById[id] === undefined && !required)
    .map((field) => {
      const tellable = isTellable(field);
      const value = tellable ? 'nothing' : JSON.stringify(defaultOf(field));
      return { path: placeOf(field), value, isTellable: tellable };
    });
}

function defaultOf(field: protobuf.Field): unknown {
  if (field.options?.default !== undefined) return field.options.default;
  const kind = kindOf(field);
  if (kind === 'string' || kind === 'bytes') return '';
  return kind === 'bool' ? false : 0;
}

function kindOf(field: protobuf.Field): string {
  return typeOf(field) instanceof protobuf.Enum ? 'enum' : shapeless(field);
}

/** The type in full, so that equal names from two files mean the same. */
function shapeless(field: protobuf.Field): string {
  return typeOf(field)?.fullName.replace(/^\./, '') ?? field.type;
}

function shapeOf(field: protobuf.Field): string {
  const type = shapeless(field);
  if (field instanceof protobuf.MapField) return `map<${field.keyType}, ${type}>`;
  return field.repeated ? `repeated ${type}` : type;
}

function placeOf(field: protobuf.Field): string {
  return `${field.parent?.name}.${field.name}`;
}
