/** Looks for a document that one JSON Schema allows and another one refuses; both words are a validator's. */

import { Ajv } from 'ajv';
import type { JsonNode, JsonSchema } from './json-schema-node.ts';
import { contentModelOf, propertiesOf } from './json-schema-node.ts';
import type { Example } from './schema-language.ts';

const DEEPEST = 4;

/** A document of the writer that the reader refuses, with the reason; else one that it takes; null where none could be made. */
export function jsonSchemaExample(reader: JsonSchema, writer: JsonSchema): Example | null {
  const [takes, allows] = [validatorOf(reader.root), validatorOf(writer.root)];
  if (takes === undefined || allows === undefined) return null;
  const tried = [...candidates(writer, writer.root, 0), ...withOthers(reader, writer)];
  const documents = tried.filter((document) => allows(document));
  const refused = documents.find((document) => !takes(document));
  const shown = refused ?? documents[0];
  if (shown === undefined) return null;
  const isTaken = takes(shown);
  const { instancePath = '', message = '' } = takes.errors?.[0] ?? {};
  const readAs = isTaken ? JSON.stringify(shown) : `${instancePath} ${message}`.trim();
  return { written: JSON.stringify(shown), readAs };
}

/** Properties that only the reader names, written as anything. */
function withOthers(reader: JsonSchema, writer: JsonSchema): readonly unknown[] {
  const [node, named] = [writer.resolve(writer.root), propertiesOf(writer.resolve(writer.root))];
  const others = Object.keys(propertiesOf(reader.resolve(reader.root))).filter(
    (name) => named[name] === undefined,
  );
  if (contentModelOf(node) === 'closed' || others.length === 0) return [];
  const values = [...candidates(writer, node.additionalProperties ?? {}, 1), 'a', 7, null];
  return others.flatMap((name) =>
    candidates(writer, node, 0)
      .slice(0, 1)
      .flatMap((document) => values.map((value) => ({ ...(document as object), [name]: value }))),
  );
}

/** A schema of which a part is missing has no validator. */
function validatorOf({ $schema: _, ...schema }: JsonNode) {
  try {
    return new Ajv({ strict: false, validateFormats: false }).compile(schema);
  } catch {
    return undefined;
  }
}

/** Documents worth trying: everything there, with something beside it, and nothing but what must be. */
function candidates(schema: JsonSchema, given: unknown, depth: number): readonly unknown[] {
  const node = schema.resolve(given);
  if ('const' in node) return [node.const];
  if (Array.isArray(node.enum)) return node.enum.toReversed();
  const branches = (node.anyOf ?? node.oneOf) as readonly unknown[] | undefined;
  if (branches !== undefined) {
    return branches.toReversed().flatMap((branch) => candidates(schema, branch, depth));
  }
  const types = Array.isArray(node.type) ? node.type : [node.type ?? typeIn(node)];
  return types.toReversed().flatMap((type) => ofType(schema, node, String(type), depth));
}

function typeIn(node: JsonNode): string {
  return node.properties === undefined ? 'string' : 'object';
}

function ofType(
  schema: JsonSchema,
  node: JsonNode,
  type: string,
  depth: number,
): readonly unknown[] {
  if (type === 'object') return objects(schema, node, depth);
  if (type === 'array') {
    const items = depth > DEEPEST ? [] : candidates(schema, node.items ?? {}, depth + 1);
    return [...items.map((item) => [item]), []];
  }
  if (type === 'number') return numbers(node, 0.5);
  if (type === 'integer') return numbers(node, 1);
  if (type === 'boolean') return [true, false];
  if (type === 'null') return [null];
  const longest = Number(node.maxLength ?? Math.max(40, Number(node.minLength ?? 0)));
  return ['a', 'a'.repeat(Math.min(longest, 200)), 'a'.repeat(Number(node.minLength ?? 0))];
}

function numbers(node: JsonNode, step: number): readonly number[] {
  const limits = [node.maximum, node.minimum].filter((limit) => typeof limit === 'number');
  return [...limits, step, 1000 + step, -1000 - step];
}

/** Each property in turn takes each of its values, the others their first. */
function objects(schema: JsonSchema, node: JsonNode, depth: number): readonly unknown[] {
  const properties = Object.entries(propertiesOf(node));
  const values = properties.map(
    ([name, property]) =>
      [name, depth > DEEPEST ? [] : candidates(schema, property, depth + 1)] as const,
  );
  const usable = values.filter(([, options]) => options.length > 0);
  const full = Object.fromEntries(usable.map(([name, options]) => [name, options[0]]));
  const required = (node.required as readonly string[] | undefined) ?? [];
  const bare = Object.fromEntries(required.map((name) => [name, full[name]]));
  const varied = usable.flatMap(([name, options]) =>
    options.map((option) => ({ ...full, [name]: option })),
  );
  const more = contentModelOf(node) === 'closed' ? [] : [{ ...full, other: 'a' }];
  return [full, bare, ...varied, ...more];
}
