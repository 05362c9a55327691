/** Asks the schema registry for schemas, through its Confluent-compatible API. */

import type { RegisteredSchema } from './log-input.ts';

const TIMEOUT_MS = 10_000;

/** A schema's text by its id, each asked for once; undefined where the registry does not know it. */
export function schemaLookup(registry: string): (schemaId: number) => Promise<string | undefined> {
  const known = new Map<number, Promise<string | undefined>>();
  return (schemaId) => {
    const cached = known.get(schemaId);
    if (cached !== undefined) return cached;
    const fresh = ask(registry, `schemas/ids/${schemaId}`).then((answer) => text(answer, 'schema'));
    known.set(schemaId, fresh);
    return fresh;
  };
}

/** Every schema registered under a subject, oldest first; none where there is no such subject. */
export async function subjectSchemas(
  registry: string,
  subject: string,
): Promise<RegisteredSchema[]> {
  const path = `subjects/${encodeURIComponent(subject)}/versions`;
  const versions = await ask(registry, path);
  if (!Array.isArray(versions)) return [];
  const schemas: RegisteredSchema[] = [];
  for (const version of versions) {
    const answer = await ask(registry, `${path}/${version}`);
    const [schema, schemaId] = [text(answer, 'schema'), (answer as { id?: unknown })?.id];
    if (schema !== undefined && typeof schemaId === 'number') schemas.push({ schemaId, schema });
  }
  return schemas;
}

/** The answer's JSON; undefined for 404. */
async function ask(registry: string, path: string): Promise<unknown> {
  const url = `${registry}/${path}`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return await answer.json();
  } catch (cause) {
    throw new Error(`the schema registry did not answer GET ${url}: ${String(cause)}`, { cause });
  }
}

function text(answer: unknown, field: string): string | undefined {
  const value = (answer as Record<string, unknown> | undefined)?.[field];
  return typeof value === 'string' ? value : undefined;
}
