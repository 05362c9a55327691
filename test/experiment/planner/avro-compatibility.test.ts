/** Tests what is said of reading one Avro schema's data with another, and that real bytes agree. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import avro from 'avsc';
import {
  avroIncompatibilities,
  parseAvro,
} from '../../../src/experiment/planner/languages/avro-compatibility.ts';
import { avroCases } from './avro-cases.ts';

/** Whether avsc, which reads the bytes in the application, would resolve the writer's schema. */
function resolves(reader: unknown, writer: unknown): boolean {
  const [read, written] = [reader, writer].map((schema) =>
    avro.Type.forSchema(schema as avro.Schema, { wrapUnions: 'always' }),
  );
  try {
    read?.createResolver(written as avro.Type, { ignoreNamespaces: true });
    return true;
  } catch {
    return false;
  }
}

function assertReasons(reader: unknown, writer: unknown, parts: readonly string[]): void {
  const reasons = avroIncompatibilities(parseAvro(reader), parseAvro(writer));
  const messages = reasons.map(({ message }) => message);
  assert.equal(messages.length, parts.length, messages.join('; '));
  for (const [index, part] of parts.entries()) {
    assert.ok(messages[index]?.startsWith(part), `${messages[index]} does not begin with ${part}`);
  }
}

suite('of Avro schemas', () => {
  for (const { name, old, new: proposed, newReadsOld, oldReadsNew } of avroCases) {
    test(`${name}: the new one reads the old one's data: ${newReadsOld.length === 0}`, () => {
      assertReasons(proposed, old, newReadsOld);
      assert.equal(resolves(proposed, old), newReadsOld.length === 0, 'as avsc resolves it');
    });
    test(`${name}: the old one reads the new one's data: ${oldReadsNew.length === 0}`, () => {
      assertReasons(old, proposed, oldReadsNew);
      assert.equal(resolves(old, proposed), oldReadsNew.length === 0, 'as avsc resolves it');
    });
  }

  test('a schema that is none is refused with what is wrong', () => {
    assert.throws(() => parseAvro({ type: 'record', name: 'X' }), /fields/);
    assert.throws(() => parseAvro('strin'), /strin/);
  });
});
