/** Changes of JSON Schema and Protobuf schemas, with what must be said of them; also put to a real registry. */

/** A change. */
export interface SchemaCase {
  readonly name: string;
  readonly old: string | object;
  readonly new: string | object;
  /** Beginnings of what the new schema says of the old one's data, and the other way round. */
  readonly newReadsOld: readonly string[];
  readonly oldReadsNew: readonly string[];
}

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });
/** An object that may hold nothing else. */
export const closed = (properties: object, more: object = {}) =>
  object(properties, { additionalProperties: false, ...more });
/** Properties. */
export const a = { a: { type: 'string' } };
const ab = { ...a, b: { type: 'integer' } };
const only = (schema: object) => object({ p: schema });

const message = (fields: string, more = '') => `syntax = "proto3"; message M { ${fields} } ${more}`;

/** Of JSON Schema. */
export const jsonSchemaCases: readonly SchemaCase[] = [
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
    newReadsOld: ['property b is required, and the writer may leave it out'],
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
];

/** Of Protobuf. */
export const protobufCases: readonly SchemaCase[] = [
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
    newReadsOld: ['field M.m (number 1) is map<string, string>, but map<string, int32> is written'],
    oldReadsNew: ['field M.m (number 1) is map<string, int32>, but map<string, string> is written'],
  },
];
