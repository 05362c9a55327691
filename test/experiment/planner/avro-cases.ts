/** Pairs of Avro schemas, old and new, with what must be said of reading one with the other; also put to a real registry. */

/** A change of a schema. */
export interface AvroCase {
  readonly name: string;
  readonly old: unknown;
  readonly new: unknown;
  /** Why the new schema cannot read what the old one wrote; a part of each reason, in order. */
  readonly newReadsOld: readonly string[];
  readonly oldReadsNew: readonly string[];
}

const record = (...fields: readonly object[]) => ({
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [{ name: 'id', type: 'string' }, ...fields],
});
const field = (name: string, type: unknown, more: object = {}) => ({ name, type, ...more });
const named = (type: string, name: string, more: object) => ({ type, name, ...more });

/** Both ways of a promotion: the wider type reads the narrower one, never the other way round. */
const promotions = [
  ['int', 'long'],
  ['int', 'float'],
  ['int', 'double'],
  ['long', 'float'],
  ['long', 'double'],
  ['float', 'double'],
].map(([narrow, wide]) => ({
  name: `${narrow} becomes ${wide}`,
  old: record(field('n', narrow)),
  new: record(field('n', wide)),
  newReadsOld: [],
  oldReadsNew: [`field n is ${narrow}, but ${wide} is written`],
}));

const unequal = [
  ['int', 'string'],
  ['boolean', 'int'],
  ['string', 'null'],
  ['double', 'bytes'],
].map(([one, other]) => ({
  name: `${one} becomes ${other}`,
  old: record(field('n', one)),
  new: record(field('n', other)),
  newReadsOld: [`field n is ${other}, but ${one} is written`],
  oldReadsNew: [`field n is ${one}, but ${other} is written`],
}));

const colours = (symbols: readonly string[], more: object = {}) =>
  named('enum', 'Colour', { symbols, ...more });
const tree = (...more: readonly object[]) => ({
  type: 'record',
  name: 'Tree',
  fields: [
    { name: 'value', type: 'int' },
    { name: 'left', type: ['null', 'Tree'], default: null },
    ...more,
  ],
});

/** The cases. */
export const avroCases: readonly AvroCase[] = [
  ...promotions,
  ...unequal,
  {
    name: 'string becomes bytes',
    old: record(field('n', 'string')),
    new: record(field('n', 'bytes')),
    newReadsOld: [],
    oldReadsNew: [],
  },
  {
    name: 'nothing but a doc changes',
    old: record(field('n', 'int')),
    new: record(field('n', 'int', { doc: 'number' })),
    newReadsOld: [],
    oldReadsNew: [],
  },
  {
    name: 'a field with a default comes',
    old: record(),
    new: record(field('n', 'int', { default: 0 })),
    newReadsOld: [],
    oldReadsNew: [],
  },
  {
    name: 'a field without a default comes',
    old: record(),
    new: record(field('n', 'int')),
    newReadsOld: ['field n has no default'],
    oldReadsNew: [],
  },
  {
    name: 'a field without a default goes',
    old: record(field('n', 'int')),
    new: record(),
    newReadsOld: [],
    oldReadsNew: ['field n has no default'],
  },
  {
    name: 'a field is renamed with an alias',
    old: record(field('n', 'int')),
    new: record(field('count', 'int', { aliases: ['n'] })),
    newReadsOld: [],
    oldReadsNew: ['field n has no default'],
  },
  {
    name: 'a field is renamed without an alias',
    old: record(field('n', 'int')),
    new: record(field('count', 'int')),
    newReadsOld: ['field count has no default'],
    oldReadsNew: ['field n has no default'],
  },
  {
    name: 'a field may become null',
    old: record(field('n', 'int')),
    new: record(field('n', ['null', 'int'])),
    newReadsOld: [],
    oldReadsNew: ['field n is int, but null is written'],
  },
  {
    name: 'a union gets a branch',
    old: record(field('n', ['null', 'int'])),
    new: record(field('n', ['null', 'int', 'string'])),
    newReadsOld: [],
    oldReadsNew: ['field n is a union of null and int, no branch of which reads string'],
  },
  {
    name: 'a union gets a branch that reads the same',
    old: record(field('n', ['null', 'int'])),
    new: record(field('n', ['null', 'long'])),
    newReadsOld: [],
    oldReadsNew: ['field n is a union of null and int, no branch of which reads long'],
  },
  {
    name: 'the branches of a union change places',
    old: record(field('n', ['null', 'int'])),
    new: record(field('n', ['int', 'null'])),
    newReadsOld: [],
    oldReadsNew: [],
  },
  {
    name: 'an enum gets a symbol',
    old: record(field('c', colours(['RED']))),
    new: record(field('c', colours(['RED', 'BLUE']))),
    newReadsOld: [],
    oldReadsNew: ['field c does not know BLUE and has no default'],
  },
  {
    name: 'an enum with a default gets a symbol',
    old: record(field('c', colours(['RED', 'NONE'], { default: 'NONE' }))),
    new: record(field('c', colours(['RED', 'NONE', 'BLUE'], { default: 'NONE' }))),
    newReadsOld: [],
    oldReadsNew: [],
  },
  {
    name: 'an enum is renamed',
    old: record(field('c', named('enum', 'Colour', { symbols: ['RED'] }))),
    new: record(field('c', named('enum', 'Paint', { symbols: ['RED'] }))),
    newReadsOld: ['field c is named shop.Paint, but shop.Colour is written'],
    oldReadsNew: ['field c is named shop.Colour, but shop.Paint is written'],
  },
  {
    name: 'a fixed grows',
    old: record(field('f', named('fixed', 'Hash', { size: 16 }))),
    new: record(field('f', named('fixed', 'Hash', { size: 32 }))),
    newReadsOld: ['field f has 32 bytes, but 16 are written'],
    oldReadsNew: ['field f has 16 bytes, but 32 are written'],
  },
  {
    name: 'the items of a list change',
    old: record(field('list', { type: 'array', items: 'int' })),
    new: record(field('list', { type: 'array', items: 'string' })),
    newReadsOld: ['field list[] is string, but int is written'],
    oldReadsNew: ['field list[] is int, but string is written'],
  },
  {
    name: 'the values of a map widen',
    old: record(field('map', { type: 'map', values: 'int' })),
    new: record(field('map', { type: 'map', values: 'long' })),
    newReadsOld: [],
    oldReadsNew: ['field map{} is int, but long is written'],
  },
  {
    name: 'a nested record gets a field without a default',
    old: record(field('to', named('record', 'To', { fields: [field('zip', 'string')] }))),
    new: record(
      field(
        'to',
        named('record', 'To', { fields: [field('zip', 'string'), field('city', 'string')] }),
      ),
    ),
    newReadsOld: ['field to.city has no default'],
    oldReadsNew: [],
  },
  {
    name: 'the record is renamed',
    old: named('record', 'Order', { fields: [field('id', 'string')] }),
    new: named('record', 'Purchase', { fields: [field('id', 'string')] }),
    newReadsOld: ['the schema is named Purchase, but Order is written'],
    oldReadsNew: ['the schema is named Order, but Purchase is written'],
  },
  {
    name: 'the record is renamed with an alias',
    old: named('record', 'Order', { fields: [field('id', 'string')] }),
    new: named('record', 'Purchase', { aliases: ['Order'], fields: [field('id', 'string')] }),
    newReadsOld: [],
    oldReadsNew: ['the schema is named Order, but Purchase is written'],
  },
  {
    name: 'the record moves to another namespace',
    old: named('record', 'Order', { namespace: 'a', fields: [field('id', 'string')] }),
    new: named('record', 'Order', { namespace: 'b', fields: [field('id', 'string')] }),
    newReadsOld: [],
    oldReadsNew: [],
  },
  {
    name: 'a record that contains itself gets a field',
    old: tree(),
    new: tree(field('right', ['null', 'Tree'], { default: null })),
    newReadsOld: [],
    oldReadsNew: [],
  },
  {
    name: 'a record that contains itself gets a field without a default',
    old: tree(),
    new: tree(field('right', 'int')),
    newReadsOld: ['field right has no default'],
    oldReadsNew: [],
  },
  {
    name: 'a logical type comes over the same int',
    old: record(field('day', 'int')),
    new: record(field('day', { type: 'int', logicalType: 'date' })),
    newReadsOld: [],
    oldReadsNew: [],
  },
  {
    name: 'two fields change at once',
    old: record(field('a', 'int'), field('b', 'int')),
    new: record(field('a', 'string'), field('c', 'int')),
    newReadsOld: ['field a is string, but int is written', 'field c has no default'],
    oldReadsNew: ['field a is int, but string is written', 'field b has no default'],
  },
];
