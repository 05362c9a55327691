/** Tests the judgement of JSON Schema and Protobuf schemas, and what is said beside yes and no. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import type { SchemaType } from '../../../src/experiment/planner/plan-schemas.ts';
import { planSchemas, schemaTypeOf } from '../../../src/experiment/planner/plan-schemas.ts';
import type { SubjectPlan } from '../../../src/experiment/planner/plan-subject.ts';
import { SchemaTextError } from '../../../src/experiment/planner/plan-subject.ts';

interface Change {
  readonly name: string;
  readonly old: string | object;
  readonly new: string | object;
  /** Beginnings of what the new schema says of the old one's data, and the other way round. */
  readonly newReadsOld: readonly string[];
  readonly oldReadsNew: readonly string[];
}

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

function testChanges(type: SchemaType, changes: readonly Change[]): void {
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

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });
const closed = (properties: object, more: object = {}) =>
  object(properties, { additionalProperties: false, ...more });
const a = { a: { type: 'string' } };
const ab = { ...a, b: { type: 'integer' } };
const only = (schema: object) => object({ p: schema });

suite('JSON Schema', () => {
  testChanges('JSON', [
    {
      name: 'an optional property comes to an open content model',
      old: object(a),
      new: object(ab),
      newReadsOld: ["property b is new, and the writer's content model is open"],
      oldReadsNew: [],
    },
    {
      name: 'an optional property comes to a closed content model',
      old: closed(a),
      new: closed(ab),
      newReadsOld: [],
      oldReadsNew: ["property b is written, and the reader's content model is closed"],
    },
    {
      name: 'a required property comes to a closed content model',
      old: closed(a),
      new: closed(ab, { required: ['b'] }),
      newReadsOld: ['property b is required, and the writer may leave it out'],
      oldReadsNew: ["property b is written, and the reader's content model is closed"],
    },
    {
      name: 'a required property with a default comes to a closed content model',
      old: closed(a),
      new: closed({ ...a, b: { type: 'integer', default: 0 } }, { required: ['b'] }),
      newReadsOld: [],
      oldReadsNew: ["property b is written, and the reader's content model is closed"],
    },
    {
      name: 'a property comes that the partially open content model allows',
      old: object(a, { additionalProperties: { type: 'integer' } }),
      new: object(ab, { additionalProperties: { type: 'integer' } }),
      newReadsOld: [],
      oldReadsNew: [],
    },
    {
      name: 'a property comes that the partially open content model has otherwise',
      old: object(a, { additionalProperties: { type: 'string' } }),
      new: object(ab, { additionalProperties: { type: 'string' } }),
      newReadsOld: ['property b is integer, but string is written'],
      oldReadsNew: ['property b is string, but integer is written'],
    },
    {
      name: 'the content model is closed',
      old: object(a),
      new: closed(a),
      newReadsOld: ['the document takes no other properties'],
      oldReadsNew: [],
    },
    {
      name: 'an integer becomes a number',
      old: only({ type: 'integer' }),
      new: only({ type: 'number' }),
      newReadsOld: [],
      oldReadsNew: ['property p is integer, but number is written'],
    },
    {
      name: 'a type may become null',
      old: only({ type: 'string' }),
      new: only({ type: ['string', 'null'] }),
      newReadsOld: [],
      oldReadsNew: ['property p is string, but null is written'],
    },
    {
      name: 'limits are drawn narrower',
      old: only({ type: 'string', maxLength: 9 }),
      new: only({ type: 'string', maxLength: 5, minLength: 1, pattern: '^a' }),
      newReadsOld: [
        'property p has minLength 1, but anything is',
        'property p has maxLength 5, but 9 is',
        'property p has the pattern ^a',
      ],
      oldReadsNew: [],
    },
    {
      name: 'an enum gets a value',
      old: only({ enum: ['x'] }),
      new: only({ enum: ['x', 'y'] }),
      newReadsOld: [],
      oldReadsNew: ['property p does not take "y"'],
    },
    {
      name: 'the items of a list change',
      old: only({ type: 'array', items: { type: 'integer' } }),
      new: only({ type: 'array', items: { type: 'string' } }),
      newReadsOld: ['property p[] is string, but integer is written'],
      oldReadsNew: ['property p[] is integer, but string is written'],
    },
    {
      name: 'a choice gets a branch',
      old: only({ anyOf: [{ type: 'string' }] }),
      new: only({ anyOf: [{ type: 'string' }, { type: 'integer' }] }),
      newReadsOld: [],
      oldReadsNew: ['property p takes no {"type":"integer"}'],
    },
    {
      name: 'what a local reference names changes',
      old: { ...only({ $ref: '#/$defs/x' }), $defs: { x: { type: 'string' } } },
      new: { ...only({ $ref: '#/$defs/x' }), $defs: { x: { type: 'integer' } } },
      newReadsOld: ['property p is integer, but string is written'],
      oldReadsNew: ['property p is string, but integer is written'],
    },
    {
      name: 'a schema that contains itself does not end in a circle',
      old: closed({ next: { $ref: '#' }, n: { type: 'integer' } }),
      new: closed({ next: { $ref: '#' }, n: { type: 'number' } }),
      newReadsOld: [],
      oldReadsNew: ['property n is integer, but number is written'],
    },
  ]);

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

const message = (fields: string, more = '') => `syntax = "proto3"; message M { ${fields} } ${more}`;

suite('Protobuf', () => {
  testChanges('PROTOBUF', [
    {
      name: 'a field comes with a number of its own',
      old: message('string id = 1;'),
      new: message('string id = 1; optional int32 n = 2;'),
      newReadsOld: [],
      oldReadsNew: [],
    },
    {
      name: 'a field is renamed, its number stays',
      old: message('string id = 1;'),
      new: message('string key = 1;'),
      newReadsOld: [],
      oldReadsNew: [],
    },
    {
      name: 'a field gets another number',
      old: message('string id = 1;'),
      new: message('string id = 2;'),
      newReadsOld: ['field M.id has the number 2, but is written with the number 1'],
      oldReadsNew: ['field M.id has the number 1, but is written with the number 2'],
    },
    {
      name: 'a type changes within what the wire allows',
      old: message('int32 n = 1; string s = 2; E e = 3;', 'enum E { A = 0; }'),
      new: message('int64 n = 1; bytes s = 2; int32 e = 3;'),
      newReadsOld: [],
      oldReadsNew: [],
    },
    {
      name: 'a type changes to another one on the wire',
      old: message('int32 n = 1;'),
      new: message('sint32 n = 1;'),
      newReadsOld: ['field M.n (number 1) is sint32, but int32 is written'],
      oldReadsNew: ['field M.n (number 1) is int32, but sint32 is written'],
    },
    {
      name: 'a single field becomes a list',
      old: message('int32 n = 1;'),
      new: message('repeated int32 n = 1;'),
      newReadsOld: ['field M.n (number 1) is repeated int32, but int32 is written'],
      oldReadsNew: ['field M.n (number 1) is int32, but repeated int32 is written'],
    },
    {
      name: 'a reserved number is taken again',
      old: message('reserved 2; string id = 1;'),
      new: message('string id = 1; optional string n = 2;'),
      newReadsOld: ['field M.n takes the number 2 or the name n, which the writer has reserved'],
      oldReadsNew: [],
    },
    {
      name: 'a message goes',
      old: message('string id = 1;', 'message Other { string x = 1; }'),
      new: message('string id = 1;'),
      newReadsOld: ['message Other is gone'],
      oldReadsNew: [],
    },
    {
      name: 'two fields move into one oneof',
      old: message('string x = 1; string y = 2;'),
      new: message('oneof one { string x = 1; string y = 2; }'),
      newReadsOld: ['x and y are in the oneof M.one, but may be written side by side'],
      oldReadsNew: [],
    },
    {
      name: 'a required field comes (proto2)',
      old: 'syntax = "proto2"; message M { optional string id = 1; }',
      new: 'syntax = "proto2"; message M { optional string id = 1; required string n = 2; }',
      newReadsOld: ['field M.n is required, and the writer does not write it'],
      oldReadsNew: [],
    },
    {
      name: 'the type of a map changes',
      old: message('map<string, int32> m = 1;'),
      new: message('map<string, string> m = 1;'),
      newReadsOld: [
        'field M.m (number 1) is map<string, string>, but map<string, int32> is written',
      ],
      oldReadsNew: [
        'field M.m (number 1) is map<string, int32>, but map<string, string> is written',
      ],
    },
  ]);

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
