/** Avro in the Confluent wire format: 0x00, the schema id as int32 (big-endian), then the bytes. */
import avro from 'avsc';
import type { AvroSchema } from '../version.ts';
import type { Registry } from './registry.ts';

const MAGIC = 0;
const PREFIX_BYTES = 5;
const SLAB_BYTES = 64 * 1024;
const LARGEST_RECORD_BYTES = 1024;

/** Bytes that no record can be read from; the message says why. */
export class UndecodableError extends Error {
  readonly schemaId: number | undefined;

  constructor(message: string, schemaId: number | undefined, cause?: unknown) {
    super(message, { cause });
    this.name = 'UndecodableError';
    this.schemaId = schemaId;
  }
}

/** Writes values of one schema. */
export interface Encoder {
  readonly schemaId: number;
  /** The value in wire format; the buffer is the caller's to keep. */
  encode(value: object): Buffer;
}

/** Makes an encoder of a registered schema; small records share slabs, so that not each needs an allocation. */
export function createEncoder(schema: AvroSchema, schemaId: number): Encoder {
  const type = avro.Type.forSchema(schema as avro.Schema);
  let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  let used = 0;
  return {
    schemaId,
    encode(value) {
      if (used + LARGEST_RECORD_BYTES > slab.length) {
        slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
        used = 0;
      }
      slab[used] = MAGIC;
      slab.writeInt32BE(schemaId, used + 1);
      const end = type.encode(value, slab, used + PREFIX_BYTES);
      if (end < 0) throw new RangeError(`a record takes more than ${LARGEST_RECORD_BYTES} bytes`);
      const bytes = slab.subarray(used, end);
      used = end;
      return bytes;
    },
  };
}

/** Schema id of a message; throws where the message is not in wire format. */
export function schemaIdOf(bytes: Buffer | null | undefined): number {
  if (!bytes || bytes.length < PREFIX_BYTES) {
    throw new UndecodableError(
      `the value has ${bytes?.length ?? 0} bytes, fewer than 5`,
      undefined,
    );
  }
  if (bytes[0] !== MAGIC) {
    throw new UndecodableError(`the value starts with byte ${bytes[0]}, not with 0`, undefined);
  }
  return bytes.readInt32BE(1);
}

/** Reads values that any registered schema wrote, as one reader's schema sees them. */
export interface Decoder<Value> {
  /** Fetches what is needed to read a schema id; waits for a registry that is away. */
  prepare(schemaId: number): Promise<void>;
  /** Whether `decode` can judge messages of this id, that is whether `prepare` is done. */
  isPrepared(schemaId: number): boolean;
  /** The value resolved to the reader's schema; throws `UndecodableError`. */
  decode(bytes: Buffer, schemaId: number): Value;
}

interface Writer {
  readonly type: avro.Type;
  readonly resolver: ReturnType<avro.Type['createResolver']> | undefined;
}

/** An id that the registry did not know may be registered later, so the answer is asked for again after this time. */
const UNKNOWN_FOR_MS = 10_000;

/** Makes a decoder that resolves every writer's schema to `readerSchema`. */
export function createDecoder<Value>(readerSchema: AvroSchema, registry: Registry): Decoder<Value> {
  const reader = avro.Type.forSchema(readerSchema as avro.Schema);
  const writers = new Map<number, Writer | UndecodableError>();
  const unknownUntil = new Map<number, number>();

  async function load(schemaId: number): Promise<Writer | UndecodableError> {
    const schema = await registry.schemaById(schemaId);
    if (schema === undefined) {
      unknownUntil.set(schemaId, Date.now() + UNKNOWN_FOR_MS);
      return new UndecodableError(`schema id ${schemaId} is not in the registry`, schemaId);
    }
    try {
      const type = avro.Type.forSchema(schema as avro.Schema);
      const same = type.fingerprint().equals(reader.fingerprint());
      return { type, resolver: same ? undefined : reader.createResolver(type) };
    } catch (error) {
      const why = `schema id ${schemaId} cannot be read with this version's schema`;
      return new UndecodableError(why, schemaId, error);
    }
  }

  return {
    async prepare(schemaId) {
      writers.set(schemaId, await load(schemaId));
    },

    isPrepared(schemaId) {
      const until = unknownUntil.get(schemaId);
      if (until !== undefined && Date.now() > until) {
        unknownUntil.delete(schemaId);
        writers.delete(schemaId);
      }
      return writers.has(schemaId);
    },

    decode(bytes, schemaId) {
      const writer = writers.get(schemaId);
      if (writer === undefined) throw new Error(`schema id ${schemaId} was not prepared`);
      if (writer instanceof UndecodableError) throw writer;
      return decodeWith(reader, writer, bytes, schemaId) as Value;
    },
  };
}

function decodeWith(reader: avro.Type, writer: Writer, bytes: Buffer, schemaId: number): unknown {
  let decoded: { value: unknown; offset: number };
  try {
    decoded = writer.resolver
      ? reader.decode(bytes, PREFIX_BYTES, writer.resolver)
      : writer.type.decode(bytes, PREFIX_BYTES);
  } catch (error) {
    throw new UndecodableError(`the bytes do not fit schema id ${schemaId}`, schemaId, error);
  }
  if (decoded.offset < 0) {
    throw new UndecodableError(`the value is cut off (schema id ${schemaId})`, schemaId);
  }
  if (decoded.offset !== bytes.length) {
    const extra = bytes.length - decoded.offset;
    throw new UndecodableError(
      `${extra} bytes follow the record (schema id ${schemaId})`,
      schemaId,
    );
  }
  return decoded.value;
}
