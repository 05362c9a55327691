/** Judges a new schema of anyone's subject: what the registry's modes say, and in which order readers and writers may change. */

import type { Compatibility } from '../experiment.ts';
import type { NamedSchema } from './compatibility.ts';
import { compatibilityModes, refusals } from './compatibility.ts';
import type { Example, SchemaLanguage } from './languages/schema-language.ts';

/** A schema as text, with the name by which people know it. */
export interface SchemaText {
  /** E.g. `old.avsc` or `version 3`. */
  readonly name: string;
  readonly text: string;
}

/** What is asked. */
export interface SubjectQuestion {
  /** Earlier schemas of the subject, oldest first. */
  readonly history: readonly SchemaText[];
  readonly proposed: SchemaText;
  /** Fields whose default is true of older records. */
  readonly trueDefaults: readonly string[];
}

/** One thing that a reader makes of what a writer wrote. */
export interface SubjectFinding {
  /** `stale` is a warning: only a reader that keeps totals suffers from what it drops. */
  readonly kind: 'undecodable' | 'mis-aggregated' | 'stale';
  readonly why: string;
  readonly writer: string;
  readonly reader: string;
  readonly example: Example | null;
}

/** A way to change, and what it does to data. */
export interface SubjectWay {
  readonly way: 'consumers-first' | 'producers-first' | 'replay';
  readonly verdict: 'safe' | 'unsafe' | 'inconclusive';
  readonly findings: readonly SubjectFinding[];
}

/** The judgement. */
export interface SubjectPlan {
  /** E.g. `Avro`. */
  readonly language: string;
  readonly modes: readonly {
    readonly mode: Compatibility;
    readonly accepted: boolean;
    readonly reasons: readonly string[];
  }[];
  readonly ways: readonly SubjectWay[];
  /** Parts of the schemas that were not looked at. */
  readonly notJudged: readonly string[];
}

/** A schema that is none: the name of the text and what is wrong. */
export class SchemaTextError extends Error {
  override readonly name = 'SchemaTextError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Judges; throws `SchemaTextError` with every text that cannot be parsed. */
export function planSubject<Schema>(
  language: SchemaLanguage<Schema>,
  { history, proposed, trueDefaults }: SubjectQuestion,
): SubjectPlan {
  const all = parseAll(language, [...history, proposed]);
  const [earlier, next] = [all.slice(0, -1), all.at(-1)];
  if (next === undefined) throw new RangeError('there is no schema to judge');
  const unlooked = earlier.flatMap((old) => language.notJudged(next.schema, old.schema));
  const notJudged = [...new Set(unlooked)];
  const judged = isIn(history, proposed) ? [] : earlier;
  return {
    language: language.name,
    modes: compatibilityModes.map((mode) => {
      const reasons = refusals(mode, next, judged, language.cannotRead);
      return { mode, accepted: reasons.length === 0, reasons };
    }),
    ways: waysOf({ language, trueDefaults }, earlier, next).map(([way, findings]) => {
      return { way, verdict: verdictOf(findings, notJudged), findings };
    }),
    notJudged,
  };
}

/** Who meets whom in each way to change. */
function waysOf<Schema>(
  meeting: Meeting<Schema>,
  earlier: readonly NamedSchema<Schema>[],
  next: NamedSchema<Schema>,
): readonly (readonly [SubjectWay['way'], readonly SubjectFinding[]])[] {
  const latest = earlier.slice(-1);
  const oldReads = (old: NamedSchema<Schema>) => [
    ...meet(meeting, old, next),
    ...drop(meeting, old, next),
  ];
  return [
    ['consumers-first', latest.flatMap((old) => meet(meeting, next, old))],
    ['producers-first', latest.flatMap(oldReads)],
    ['replay', earlier.flatMap((old) => meet(meeting, next, old))],
  ];
}

/** A schema that is in the subject already is not judged again. */
function isIn(history: readonly SchemaText[], { text }: SchemaText): boolean {
  return history.some((each) => each.text.trim() === text.trim());
}

function parseAll<Schema>(
  language: SchemaLanguage<Schema>,
  texts: readonly SchemaText[],
): readonly NamedSchema<Schema>[] {
  const problems: string[] = [];
  const parsed = texts.flatMap(({ name, text }) => {
    try {
      return [{ name, schema: language.parse(text) }];
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      problems.push(`${name}: no ${language.name} schema: ${reason.split('\n')[0]}`);
      return [];
    }
  });
  if (problems.length > 0) throw new SchemaTextError(problems);
  return parsed;
}

interface Meeting<Schema> {
  readonly language: SchemaLanguage<Schema>;
  readonly trueDefaults: readonly string[];
}

/** A reader meets a writer: it cannot read, or takes a default for the truth. */
function meet<Schema>(
  { language, trueDefaults }: Meeting<Schema>,
  reader: NamedSchema<Schema>,
  writer: NamedSchema<Schema>,
): readonly SubjectFinding[] {
  const reasons = language
    .cannotRead(reader.schema, writer.schema)
    .map(({ message }) => ({ kind: 'undecodable' as const, why: message }));
  const lies = language
    .filled(reader.schema, writer.schema)
    .filter(({ isTellable, path }) => !isTellable && !trueDefaults.includes(path))
    .map(({ path, value }) => {
      const why = `${path} is read as ${value} where the writer did not know it: unknown looks like known`;
      return { kind: 'mis-aggregated' as const, why };
    });
  const harms = reasons.length > 0 ? reasons : lies;
  if (harms.length === 0) return [];
  const example = language.example(reader.schema, writer.schema);
  return harms.map((harm) => ({ ...harm, writer: writer.name, reader: reader.name, example }));
}

/** A reader drops fields: whoever keeps totals counts without them, and goes on with those totals later. */
function drop<Schema>(
  { language }: Meeting<Schema>,
  reader: NamedSchema<Schema>,
  writer: NamedSchema<Schema>,
): readonly SubjectFinding[] {
  if (language.cannotRead(reader.schema, writer.schema).length > 0) return [];
  const fields = language.dropped(reader.schema, writer.schema);
  if (fields.length === 0) return [];
  const why = `${fields.join(' and ')} is dropped: a reader that keeps totals misses it until it reads the log again`;
  const example = language.example(reader.schema, writer.schema);
  return [{ kind: 'stale', why, writer: writer.name, reader: reader.name, example }];
}

function verdictOf(
  findings: readonly SubjectFinding[],
  notJudged: readonly string[],
): SubjectWay['verdict'] {
  if (findings.some(({ kind }) => kind !== 'stale')) return 'unsafe';
  return notJudged.length > 0 ? 'inconclusive' : 'safe';
}
