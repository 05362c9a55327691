/** Tests the judgement of JSON Schema and Protobuf schemas, and what is said beside yes and no. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { jsonSchemaLanguage } from '../../../src/experiment/planner/languages/json-schema.ts';
import type { SchemaType } from '../../../src/experiment/planner/plan-schemas.ts';
import { planSchemas, schemaTypeOf } from '../../../src/experiment/planner/plan-schemas.ts';
import type { SubjectPlan } from '../../../src/experiment/planner/plan-subject.ts';
import { SchemaTextError } from '../../../src/experiment/planner/plan-subject.ts';
import type { SchemaCase } from './schema-cases.ts';
import { a, closed, jsonSchemaCases, protobufCases } from './schema-cases.ts';

const textOf = (schema: string | object) =>
  typeof schema === 'string' ? schema : JSON.stringify(schema);

function plan(type: SchemaType, ...schemas: readonly (string | object)[]): SubjectPlan {
  const texts = schemas.map((schema, index) => ({ name: `v${index + 1}`, text: textOf(schema) }));
  const [proposed, history] = [texts.at(-1), texts.slice(0, -1)];
  assert.ok(proposed);
  return planSchemas(type, { history, proposed, trueDefaults: [] });
}

/** What a way meets, as `kind why`. */
function findingsOf({ ways }: SubjectPlan, wanted: string): readonly string[] {
  const found = ways.find(({ way }) => way === wanted);
  return (found?.findings ?? []).map(({ kind, why }) => `${kind} ${why}`);
}

function unreadable(judged: SubjectPlan, way: string): readonly string[] {
  return findingsOf(judged, way)
    .filter((text) => text.startsWith('undecodable '))
    .map((text) => text.slice('undecodable '.length));
}

function assertBegins(found: readonly string[], wanted: readonly string[]): void {
  assert.equal(found.length, wanted.length, found.join('; '));
  for (const [index, part] of wanted.entries()) {
    assert.ok(found[index]?.startsWith(part), `${found[index]} does not begin with ${part}`);
  }
}

function testChanges(type: SchemaType, changes: readonly SchemaCase[]): void {
  for (const { name, old, new: proposed, newReadsOld, oldReadsNew } of changes) {
    test(name, () => {
      const judged = plan(type, old, proposed);
      assertBegins(unreadable(judged, 'consumers-first'), newReadsOld);
      assertBegins(unreadable(judged, 'producers-first'), oldReadsNew);
      for (const { mode, accepted } of judged.modes) {
        const backward = /^(BACKWARD|FULL)/.test(mode) && newReadsOld.length > 0;
        const forward = /^(FORWARD|FULL)/.test(mode) && oldReadsNew.length > 0;
        assert.equal(accepted, !(backward || forward), mode);
      }
    });
  }
}

suite('JSON Schema', () => {
  testChanges('JSON', jsonSchemaCases);

  test('what is not compared makes it inconclusive, unless it is the same', () => {
    const ruled = (pattern: string) => closed(a, { patternProperties: { [pattern]: {} } });
    const verdicts = (judged: SubjectPlan) => judged.ways.map(({ verdict }) => verdict);
    assert.deepEqual(verdicts(plan('JSON', ruled('^x'), ruled('^y'))), [
      'inconclusive',
      'inconclusive',
      'inconclusive',
    ]);
    assert.deepEqual(verdicts(plan('JSON', ruled('^x'), ruled('^x'))), ['safe', 'safe', 'safe']);
    const judged = plan('JSON', ruled('^x'), closed(a));
    assert.match(judged.notJudged.join(), /patternProperties at \/: /);
  });

  test('a property that is named like a keyword is no keyword', () => {
    const judged = plan(
      'JSON',
      closed({ not: { type: 'string' } }),
      closed({ not: { type: 'number' } }),
    );
    assert.deepEqual(judged.notJudged, []);
    assertBegins(unreadable(judged, 'consumers-first'), ['property not is number']);
  });
});

const message = (fields: string) => `syntax = "proto3"; message M { ${fields} }`;

suite('a validator agrees about documents of JSON Schema', () => {
  const parse = (schema: string | object) => jsonSchemaLanguage.parse(textOf(schema));
  const isTaken = (reader: string | object, writer: string | object) => {
    const example = jsonSchemaLanguage.example(parse(reader), parse(writer));
    assert.ok(example !== null);
    return example.readAs === example.written;
  };
  for (const { name, old, new: proposed, newReadsOld, oldReadsNew } of jsonSchemaCases) {
    test(name, () => {
      assert.equal(isTaken(proposed, old), newReadsOld.length === 0, 'the new one takes the old');
      assert.equal(isTaken(old, proposed), oldReadsNew.length === 0, 'the old one takes the new');
    });
  }

  test('a schema of which a part is missing has no example', () => {
    const elsewhere = closed({ a: { $ref: 'http://localhost/none.json' } });
    assert.equal(jsonSchemaLanguage.example(parse(elsewhere), parse(elsewhere)), null);
  });
});

suite('Protobuf', () => {
  test('shows what becomes of a record in real bytes', () => {
    const old = message('string id = 1; int32 total = 2;');
    const judged = plan('PROTOBUF', old, message('string id = 1; string total = 2;'));
    const example = judged.ways[0]?.findings[0]?.example;
    const readAs = '{"id":"a","total":""}';
    assert.deepEqual(example, { written: '{"id":"a","total":7}', readAs });
  });

  testChanges('PROTOBUF', protobufCases);

  test('a field without presence reads as zero, which nobody can tell from a zero', () => {
    const old = message('string id = 1;');
    const bare = plan('PROTOBUF', old, message('string id = 1; int32 n = 2; bool b = 3;'));
    assert.deepEqual(findingsOf(bare, 'consumers-first'), [
      'mis-aggregated M.n is read as 0 where the writer did not know it: unknown looks like known',
      'mis-aggregated M.b is read as false where the writer did not know it: unknown looks like known',
    ]);
    const present = plan('PROTOBUF', old, message('string id = 1; optional int32 n = 2;'));
    assert.deepEqual(findingsOf(present, 'consumers-first'), []);
  });

  test('an import that is not there makes it inconclusive; the well-known ones are there', () => {
    const importing = (path: string, type: string) =>
      `syntax = "proto3"; import "${path}"; message M { ${type} at = 1; }`;
    const known = importing('google/protobuf/timestamp.proto', 'google.protobuf.Timestamp');
    assert.equal(plan('PROTOBUF', known, known).ways[0]?.verdict, 'safe');
    const other = importing('my/own.proto', 'my.Own');
    const judged = plan('PROTOBUF', other, other);
    assert.equal(judged.ways[0]?.verdict, 'inconclusive');
    assert.deepEqual(judged.notJudged, ['what my/own.proto declares']);
  });
});

suite('Avro', () => {
  const record = (...fields: readonly object[]) => ({
    type: 'record',
    name: 'R',
    fields: [{ name: 'id', type: 'string' }, ...fields],
  });
  const counted = record({ name: 'n', type: 'int', default: 0 });

  test('a default that is a value is a finding, null is not, and one may be declared true', () => {
    const judged = plan('AVRO', record(), counted);
    assertBegins(findingsOf(judged, 'consumers-first'), ['mis-aggregated n is read as 0']);
    const honest = record({ name: 'n', type: ['null', 'int'], default: null });
    assert.deepEqual(findingsOf(plan('AVRO', record(), honest), 'consumers-first'), []);
    const declared = planSchemas('AVRO', {
      history: [{ name: 'old', text: textOf(record()) }],
      proposed: { name: 'new', text: textOf(counted) },
      trueDefaults: ['n'],
    });
    assert.deepEqual(findingsOf(declared, 'consumers-first'), []);
  });

  test('a field that old readers drop is a warning, with the record in real bytes', () => {
    const [, producersFirst] = plan('AVRO', record(), counted).ways;
    assert.equal(producersFirst?.verdict, 'safe');
    assert.equal(producersFirst?.findings[0]?.kind, 'stale');
    const example = { written: '{"id":"a","n":7}', readAs: '{"id":"a"}' };
    assert.deepEqual(producersFirst?.findings[0]?.example, example);
  });

  test('replay meets every earlier schema, the others only the last', () => {
    const tight = record({ name: 'n', type: ['null', 'int'] });
    const loose = record({ name: 'n', type: ['null', 'int'], default: null });
    const { ways, modes } = plan('AVRO', record(), loose, tight);
    assert.deepEqual(
      ways.map(({ verdict }) => verdict),
      ['safe', 'safe', 'unsafe'],
    );
    const refused = modes.filter(({ accepted }) => !accepted).map(({ mode }) => mode);
    assert.deepEqual(refused, ['BACKWARD_TRANSITIVE', 'FULL_TRANSITIVE']);
  });

  test('a schema that is in the subject already is not judged again', () => {
    const { modes } = plan('AVRO', counted, record({ name: 'n', type: 'string' }), counted);
    assert.ok(modes.every(({ accepted }) => accepted));
  });
});

test('every text that is no schema is named', () => {
  const question = {
    history: [{ name: 'one.avsc', text: '{' }],
    proposed: { name: 'two.avsc', text: '"strin"' },
    trueDefaults: [],
  };
  assert.throws(
    () => planSchemas('AVRO', question),
    (error) => {
      assert.ok(error instanceof SchemaTextError);
      assertBegins(error.problems, ['one.avsc: no Avro schema', 'two.avsc: no Avro schema']);
      return true;
    },
  );
  const json = { ...question, proposed: { name: 'x', text: '{"type":"objct"}' } };
  assert.throws(() => planSchemas('JSON', json), /x: no JSON Schema schema/);
  const proto = { ...question, proposed: { name: 'x', text: 'message M { int32 = 1; }' } };
  assert.throws(() => planSchemas('PROTOBUF', proto), /x: no Protobuf schema: .*line 1/);
});

test('the language is told by the name, and of .json by what it holds', () => {
  assert.equal(schemaTypeOf('a.avsc', ''), 'AVRO');
  assert.equal(schemaTypeOf('a.proto', ''), 'PROTOBUF');
  assert.equal(schemaTypeOf('a.json', '{"type": "record"}'), 'AVRO');
  assert.equal(schemaTypeOf('a.json', '{"type": "object"}'), 'JSON');
  assert.equal(schemaTypeOf('a.txt', ''), undefined);
});
