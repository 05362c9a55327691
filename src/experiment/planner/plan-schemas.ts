/** Judges schemas of the language that they are in. */

import { avroLanguage } from './languages/avro.ts';
import { jsonSchemaLanguage } from './languages/json-schema.ts';
import { protobufLanguage } from './languages/protobuf.ts';
import type { SubjectPlan, SubjectQuestion } from './plan-subject.ts';
import { planSubject } from './plan-subject.ts';

/** A schema language as the registry names it. */
export type SchemaType = 'AVRO' | 'JSON' | 'PROTOBUF';

const judges: Readonly<Record<SchemaType, (question: SubjectQuestion) => SubjectPlan>> = {
  AVRO: (question) => planSubject(avroLanguage, question),
  JSON: (question) => planSubject(jsonSchemaLanguage, question),
  PROTOBUF: (question) => planSubject(protobufLanguage, question),
};

/** Judges a new schema of a subject; throws `SchemaTextError` with every text that cannot be parsed. */
export function planSchemas(type: SchemaType, question: SubjectQuestion): SubjectPlan {
  return judges[type](question);
}

/** The language of a file, by its name and, of a `.json` file, by what it holds; undefined where neither says. */
export function schemaTypeOf(path: string, text: string): SchemaType | undefined {
  if (path.endsWith('.avsc')) return 'AVRO';
  if (path.endsWith('.proto')) return 'PROTOBUF';
  if (!path.endsWith('.json')) return undefined;
  return /"type"\s*:\s*"(record|enum|fixed)"/.test(text) ? 'AVRO' : 'JSON';
}
