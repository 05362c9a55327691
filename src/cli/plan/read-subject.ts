/** Reads the schemas of a subject: from files, or its versions from a live registry. */

import { readFile } from 'node:fs/promises';
import type { Compatibility } from '../../experiment/experiment.ts';
import { compatibilityModes } from '../../experiment/planner/compatibility.ts';
import type { SchemaType } from '../../experiment/planner/plan-schemas.ts';
import { schemaTypeOf } from '../../experiment/planner/plan-schemas.ts';
import type { SchemaText } from '../../experiment/planner/plan-subject.ts';
import { nearest } from '../../nearest.ts';
import type { PlanOptions } from './plan-options.ts';
import { listOf } from './plan-options.ts';

/** A subject as it was read. */
export interface ReadSubject {
  readonly history: readonly SchemaText[];
  readonly proposed: SchemaText;
  readonly type: SchemaType;
  /** Mode of the subject in the registry; undefined where there is none. */
  readonly compatibility: Compatibility | undefined;
  /** Whether the registry itself would take the schema under that mode; undefined where it was not asked. */
  readonly registrySays: boolean | undefined;
}

/** Files or a subject that cannot be used: every problem, naming it. */
export class SubjectProblems extends Error {
  override readonly name = 'SubjectProblems';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** The registry gave no usable answer. */
export class NoRegistryError extends Error {
  override readonly name = 'NoRegistryError';
}

/** Reads what the options name; throws `SubjectProblems` or `NoRegistryError`. */
export async function readSubject(options: PlanOptions): Promise<ReadSubject> {
  const { subject = '', registry, to = '' } = options;
  const problems: string[] = [];
  const proposed = await readText(to, problems);
  const wished = options.type as SchemaType | undefined;
  if (registry !== undefined) {
    const live = await readLive(registry.replace(/\/+$/, ''), subject, problems);
    if (problems.length > 0) throw new SubjectProblems(problems);
    const read = { ...live, proposed, type: wished ?? live.type };
    return { ...read, registrySays: await wouldTake(registry.replace(/\/+$/, ''), subject, read) };
  }
  const history = await Promise.all(listOf(options.from).map((path) => readText(path, problems)));
  const type = wished ?? typeOf([...history, proposed], problems);
  if (problems.length > 0 || type === undefined) throw new SubjectProblems(problems);
  return { history, proposed, type, compatibility: undefined, registrySays: undefined };
}

async function readText(path: string, problems: string[]): Promise<SchemaText> {
  try {
    return { name: path, text: await readFile(path, 'utf8') };
  } catch (error) {
    problems.push(`${path}: cannot be read: ${error instanceof Error ? error.message : error}`);
    return { name: path, text: '' };
  }
}

/** The language of all files; a problem where one does not tell, or where they differ. */
function typeOf(texts: readonly SchemaText[], problems: string[]): SchemaType | undefined {
  const readable = texts.filter(({ text }) => text !== '');
  const types = readable.map(({ name, text }) => schemaTypeOf(name, text));
  for (const [index, type] of types.entries()) {
    const name = readable[index]?.name;
    if (type === undefined)
      problems.push(`${name}: what language is it in? Give --type AVRO, JSON or PROTOBUF`);
    else if (type !== types[0] && types[0] !== undefined) {
      problems.push(`${name}: is ${type}, but ${readable[0]?.name} is ${types[0]}`);
    }
  }
  return types[0];
}

async function readLive(registry: string, subject: string, problems: string[]) {
  const path = `/subjects/${encodeURIComponent(subject)}/versions`;
  const versions = await ask<readonly number[]>(registry, path);
  if (versions === undefined) {
    const subjects = (await ask<readonly string[]>(registry, '/subjects')) ?? [];
    const near = nearest(subject, subjects);
    const known =
      subjects.length === 0 ? 'it has none' : `it has ${subjects.slice(0, 10).join(', ')}`;
    const hint = near === undefined ? known : `did you mean ${near}?`;
    problems.push(`--subject ${subject}: not in the registry at ${registry} (${hint})`);
  }
  const found = await Promise.all(
    (versions ?? []).map((version) => ask<Registered>(registry, `${path}/${version}`)),
  );
  const schemas = found.filter((each) => each !== undefined);
  if (schemas.some(({ references = [] }) => references.length > 0)) {
    problems.push(
      `--subject ${subject}: schemas with references cannot be judged yet; give files with everything in them`,
    );
  }
  return {
    history: schemas.map(({ version, schema }) => ({ name: `version ${version}`, text: schema })),
    type: (schemas.at(-1)?.schemaType ?? 'AVRO') as SchemaType,
    compatibility: await modeOf(registry, subject),
  };
}

interface Registered {
  readonly version: number;
  readonly schema: string;
  readonly schemaType?: string;
  readonly references?: readonly unknown[];
}

async function modeOf(registry: string, subject: string): Promise<Compatibility | undefined> {
  const path = `/config/${encodeURIComponent(subject)}?defaultToGlobal=true`;
  const own = await ask<{ readonly compatibilityLevel?: string }>(registry, path);
  const config = own ?? (await ask<{ readonly compatibilityLevel?: string }>(registry, '/config'));
  return compatibilityModes.find((mode) => mode === config?.compatibilityLevel);
}

/** A transitive mode is asked about all versions, another one about the last: the address says which, the registry does not. */
async function wouldTake(
  registry: string,
  subject: string,
  { compatibility, type, proposed }: Pick<ReadSubject, 'compatibility' | 'type' | 'proposed'>,
): Promise<boolean | undefined> {
  if (compatibility === undefined) return undefined;
  const versions = compatibility.endsWith('_TRANSITIVE') ? 'versions' : 'versions/latest';
  const path = `/compatibility/subjects/${encodeURIComponent(subject)}/${versions}`;
  const question = { schemaType: type, schema: proposed.text };
  return (await ask<{ readonly is_compatible?: boolean }>(registry, path, question))?.is_compatible;
}

/** The answer as JSON; undefined where there is no such thing, or where the question is not understood. */
async function ask<Answer>(
  registry: string,
  path: string,
  question?: object,
): Promise<Answer | undefined> {
  const mend = `Mend: see whether it answers with curl ${registry}/subjects`;
  const post = {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify(question),
  };
  const signal = AbortSignal.timeout(10_000);
  try {
    const response = await fetch(`${registry}${path}`, {
      ...(question === undefined ? {} : post),
      signal,
    });
    if (response.ok) return (await response.json()) as Answer;
    if (response.status < 500 && path !== '/subjects') return undefined;
    throw new NoRegistryError(`the registry at ${registry} answers ${response.status}. ${mend}`);
  } catch (cause) {
    if (cause instanceof NoRegistryError) throw cause;
    throw new NoRegistryError(`the registry at ${registry} does not answer. ${mend}`, { cause });
  }
}
