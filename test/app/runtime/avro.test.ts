/** Readers resolve what writers of other versions wrote, and say why bytes cannot be read. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  createDecoder,
  createEncoder,
  schemaIdOf,
  UndecodableError,
} from '../../../src/app/runtime/avro.ts';
import type { Registry } from '../../../src/app/runtime/registry.ts';
import type {
  ApplicationVersion,
  AvroSchema,
  RawRecord,
  SchemaStyle,
} from '../../../src/app/version.ts';
import { version as v1 } from '../../../src/app/versions/v1/index.ts';
import { version as v2 } from '../../../src/app/versions/v2/index.ts';
import { version as v3 } from '../../../src/app/versions/v3/index.ts';

const HOUR = 33;

function holding(schemas: ReadonlyMap<number, AvroSchema>): Registry {
  return {
    register: async () => 0,
    schemaById: async (id) => schemas.get(id),
  };
}

async function readAs(reader: ApplicationVersion, writer: ApplicationVersion, style: SchemaStyle) {
  const written = writer.rawDataSchema(style);
  const decoder = createDecoder<RawRecord>(
    reader.rawDataSchema(style),
    holding(new Map([[7, written]])),
  );
  const bytes = createEncoder(written, 7).encode(writer.makeRecord(1, 'sku_000003', HOUR));
  await decoder.prepare(schemaIdOf(bytes));
  return decoder.decode(bytes, 7);
}

test('v2 reads bytes of v1 and does not know their defects', async () => {
  const expected = { ...v1.makeRecord(1, 'sku_000003', HOUR), defect_qty: null };
  assert.deepEqual({ ...(await readAs(v2, v1, 'optional')) }, expected);
});

test('v1 reads bytes of v3 as its own fields', async () => {
  assert.deepEqual({ ...(await readAs(v1, v3, 'optional')) }, v1.makeRecord(1, 'sku_000003', HOUR));
});

test('a defaulted field reads as 0 where the writer did not know it', async () => {
  assert.equal((await readAs(v2, v1, 'defaulted')).defect_qty, 0);
});

test('a required field makes what older versions wrote unreadable', async () => {
  await assert.rejects(readAs(v2, v1, 'required'), UndecodableError);
});

test('tightened: v3 reads v2, and can no longer read v1', async () => {
  assert.equal((await readAs(v3, v2, 'tightened')).sku_manufacturing_cost, null);
  await assert.rejects(readAs(v3, v1, 'tightened'), UndecodableError);
});

test('damaged bytes are refused with the reason and, where it can be read, the schema id', async () => {
  const schema = v1.rawDataSchema('optional');
  const decoder = createDecoder<RawRecord>(schema, holding(new Map([[7, schema]])));
  const good = createEncoder(schema, 7).encode(v1.makeRecord(1, 'sku_000003', HOUR));
  await decoder.prepare(7);
  await decoder.prepare(8);
  const refused = (bytes: Buffer, schemaId: number) => {
    try {
      return { value: decoder.decode(bytes, schemaId) };
    } catch (error) {
      assert.ok(error instanceof UndecodableError);
      return { message: error.message, schemaId: error.schemaId };
    }
  };
  assert.match(refused(good.subarray(0, -1), 7).message ?? '', /cut off|do not fit/);
  assert.match(refused(Buffer.concat([good, Buffer.from('x')]), 7).message ?? '', /1 bytes follow/);
  assert.deepEqual(refused(good, 8), {
    message: 'schema id 8 is not in the registry',
    schemaId: 8,
  });
  assert.throws(() => schemaIdOf(Buffer.from('{}')), /fewer than 5/);
  assert.throws(() => schemaIdOf(Buffer.from('{"sku":1}')), /starts with byte 123/);
  assert.throws(() => schemaIdOf(null), /0 bytes/);
});
