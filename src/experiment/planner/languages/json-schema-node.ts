/** A JSON Schema as it is compared: nodes, local references, content models, and what is left out of the judgement. */

import { Ajv } from 'ajv';

/** A schema that is an object; `true` is `{}`, `false` is `{ not: {} }`. */
export type JsonNode = Readonly<Record<string, unknown>>;

/** Keywords that are not compared: where both schemas have the same, all is well; else nothing is said. */
const keywordsNotJudged: readonly string[] = [
  'allOf',
  'not',
  'if',
  'then',
  'else',
  'patternProperties',
  'propertyNames',
  'dependencies',
  'dependentRequired',
  'dependentSchemas',
  'contains',
  'minContains',
  'maxContains',
  'prefixItems',
  'unevaluatedItems',
  'unevaluatedProperties',
  '$dynamicRef',
  'format',
  'contentEncoding',
  'contentMediaType',
];

/** A parsed JSON Schema. */
export class JsonSchema {
  readonly root: JsonNode;
  /** Parts that are not compared, each with its place and value. */
  readonly notCompared: ReadonlySet<string>;

  constructor(schema: unknown) {
    const problem = problemOf(schema);
    if (problem !== undefined) throw new Error(problem);
    this.root = nodeOf(schema);
    this.notCompared = new Set(notComparedIn(schema, ''));
  }

  /** The node that a local reference names, else the node itself. */
  resolve(schema: unknown): JsonNode {
    let node = nodeOf(schema);
    for (let hops = 0; hops < 32; hops += 1) {
      const ref = node.$ref;
      if (typeof ref !== 'string' || !ref.startsWith('#')) return node;
      node = nodeOf(this.#at(ref.slice(1)));
    }
    return node;
  }

  #at(pointer: string): unknown {
    const parts = pointer.split('/').slice(1).map(unescapePart);
    return parts.reduce<unknown>(
      (value, part) =>
        typeof value === 'object' && value !== null
          ? (value as Readonly<Record<string, unknown>>)[part]
          : undefined,
      this.root,
    );
  }
}

/** What objects may hold beside the named properties: anything, nothing, or what a schema allows. */
export function contentModelOf({ additionalProperties }: JsonNode): 'open' | 'closed' | 'partial' {
  if (additionalProperties === false) return 'closed';
  const isAny = additionalProperties === undefined || additionalProperties === true;
  return isAny || Object.keys(additionalProperties as object).length === 0 ? 'open' : 'partial';
}

/** The named properties. */
export function propertiesOf({ properties }: JsonNode): Readonly<Record<string, unknown>> {
  return (properties as Readonly<Record<string, unknown>> | undefined) ?? {};
}

/** A schema as a node. */
export function nodeOf(schema: unknown): JsonNode {
  if (schema === false) return { not: {} };
  return typeof schema === 'object' && schema !== null ? (schema as JsonNode) : {};
}

function unescapePart(part: string): string {
  return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
}

const ajv = new Ajv({ strict: false });

/** Drafts other than 7 are checked by the rules of draft 7: their keywords that are compared mean the same. */
function problemOf(schema: unknown): string | undefined {
  if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null)) {
    return 'a JSON Schema is an object';
  }
  const { $schema: _, ...draftless } = nodeOf(schema);
  if (ajv.validateSchema(draftless)) return undefined;
  return ajv.errorsText(ajv.errors, { dataVar: 'schema' });
}

function notComparedIn(value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const isOutside = key === '$ref' && typeof inner === 'string' && !inner.startsWith('#');
    const isList = key === 'items' && Array.isArray(inner);
    const isNamed = keywordsNotJudged.includes(key) && !path.endsWith('/properties');
    if (isOutside || isList || isNamed) {
      return [`${key} at ${path || '/'}: ${JSON.stringify(inner).slice(0, 200)}`];
    }
    return notComparedIn(inner, `${path}/${key}`);
  });
}
