/** What the planner needs to know of a schema language to judge anyone's schemas. */

import type { Incompatibility } from './incompatibility.ts';

/** A field that a reader fills by itself, because the writer does not know it. */
export interface Filled {
  readonly path: string;
  /** What the reader takes for it, e.g. `0` or `null`. */
  readonly value: string;
  /** Whether a reader can tell it from a value that was written; if it cannot, unknown looks like known. */
  readonly isTellable: boolean;
}

/** A schema language. */
export interface SchemaLanguage<Schema> {
  /** As the registry names it: `AVRO`, `JSON` or `PROTOBUF`. */
  readonly type: string;
  /** For people, e.g. `JSON Schema`. */
  readonly name: string;
  /** Reads a schema; throws an error that says what is wrong with it. */
  readonly parse: (text: string) => Schema;
  /** Every reason why data of `writer` cannot be read with `reader`. */
  readonly cannotRead: (reader: Schema, writer: Schema) => readonly Incompatibility[];
  /** Fields of `reader` that data of `writer` lack, where the reader can do without. */
  readonly filled: (reader: Schema, writer: Schema) => readonly Filled[];
  /** Fields of `writer` that `reader` drops. */
  readonly dropped: (reader: Schema, writer: Schema) => readonly string[];
  /** Parts of two schemas that are not looked at, for people: because of them neither is judged to the end. */
  readonly notJudged: (one: Schema, other: Schema) => readonly string[];
  /** A record as it is written, and what the reader makes of it, both as JSON; null where the language has no example. */
  readonly example: (reader: Schema, writer: Schema) => Example | null;
}

/** A record and what became of it. */
export interface Example {
  readonly written: string;
  readonly readAs: string;
}
