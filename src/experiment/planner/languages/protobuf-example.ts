/** A Protobuf record in real bytes: as it is written, and what the reader makes of them. */

import protobuf from 'protobufjs';
import type { ProtobufSchema } from './protobuf-schema.ts';
import { typeOf } from './protobuf-schema.ts';
import type { Example } from './schema-language.ts';

const DEEPEST = 4;
const textTypes = ['string', 'bytes'];

/** An example of the first message that both schemas have; null where there is none, or where an import is missing. */
export function protobufExample(reader: ProtobufSchema, writer: ProtobufSchema): Example | null {
  const [name] = [...writer.messages.keys()].filter((each) => reader.messages.has(each));
  const [read, written] = [reader.messages.get(name ?? ''), writer.messages.get(name ?? '')];
  if (read === undefined || written === undefined) return null;
  if (reader.missing.length > 0 || writer.missing.length > 0) return null;
  const record = sampleOf(written, 0);
  const bytes = written.encode(written.fromObject(record)).finish();
  try {
    return { written: JSON.stringify(record), readAs: show(read, read.decode(bytes)) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { written: JSON.stringify(record), readAs: reason };
  }
}

function show(type: protobuf.Type, message: protobuf.Message): string {
  const options = { longs: Number, enums: String, bytes: String, defaults: true, oneofs: false };
  return JSON.stringify(type.toObject(message, options));
}

/** A value for every field; of a oneof the last one. */
function sampleOf(type: protobuf.Type, depth: number): Record<string, unknown> {
  const chosen = type.fieldsArray.filter(
    (field) => field.partOf === null || field.partOf.fieldsArray.at(-1) === field,
  );
  return Object.fromEntries(
    chosen.flatMap((field) => {
      const value = sampleValue(field, depth);
      if (value === undefined) return [];
      if (field.map) return [[field.name, { a: value }]];
      return [[field.name, field.repeated ? [value] : value]];
    }),
  );
}

function sampleValue(field: protobuf.Field, depth: number): unknown {
  const type = typeOf(field);
  if (type instanceof protobuf.Type) return depth > DEEPEST ? undefined : sampleOf(type, depth + 1);
  if (type instanceof protobuf.Enum) return Object.keys(type.values).at(-1);
  if (textTypes.includes(field.type)) return field.type === 'bytes' ? 'YQ==' : 'a';
  return field.type === 'bool' ? true : 7;
}
