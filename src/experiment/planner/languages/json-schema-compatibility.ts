/**
 * Whether every document that the writer's JSON Schema allows is taken by the reader's; content models are open,
 * closed or partially open, as the Confluent registry has them, and every reason names its property.
 */

import type { Incompatibility } from './incompatibility.ts';
import { limitsTightened } from './json-schema-limits.ts';
import type { JsonNode, JsonSchema } from './json-schema-node.ts';
import { contentModelOf, nodeOf, propertiesOf } from './json-schema-node.ts';

/** Every reason why the reader refuses a document that the writer allows. */
export function jsonSchemaIncompatibilities(
  reader: JsonSchema,
  writer: JsonSchema,
): readonly Incompatibility[] {
  return compare({ reader, writer, underWay: [] }, reader.root, writer.root, '');
}

interface Schemas {
  readonly reader: JsonSchema;
  readonly writer: JsonSchema;
  /** Pairs of nodes that are being compared; one of them is not entered again, because a schema may contain itself. */
  readonly underWay: readonly (readonly [reader: JsonNode, writer: JsonNode])[];
}

function compare(
  { reader, writer, underWay }: Schemas,
  readerSchema: unknown,
  writerSchema: unknown,
  path: string,
): readonly Incompatibility[] {
  if (writerSchema === false) return [];
  if (readerSchema === false) return [{ path, message: `${at(path)} takes nothing` }];
  const [read, written] = [reader.resolve(readerSchema), writer.resolve(writerSchema)];
  if (isAnything(read) || underWay.some(([a, b]) => a === read && b === written)) return [];
  const schemas: Schemas = { reader, writer, underWay: [...underWay, [read, written]] };
  if (JSON.stringify(read) === JSON.stringify(written) && sameRoots(schemas)) return [];
  const choice = compareChoices(schemas, read, written, path);
  if (choice !== undefined) return choice;
  const types = compareTypes(read, written, path);
  if (types.length > 0) return types;
  return [
    ...limitsTightened(read, written).map((message) => ({
      path,
      message: `${at(path)} ${message}`,
    })),
    ...compareProperties(schemas, read, written, path),
    ...compareRequired(read, written, path),
    ...compareRest(schemas, read, written, path),
    ...compareItems(schemas, read, written, path),
  ];
}

/** Whether equal references mean equal things. */
function sameRoots({ reader, writer }: Schemas): boolean {
  return (
    JSON.stringify(reader.root.definitions ?? reader.root.$defs) ===
    JSON.stringify(writer.root.definitions ?? writer.root.$defs)
  );
}

/** Each branch that is written must be taken by a branch that is read. */
function compareChoices(
  schemas: Schemas,
  read: JsonNode,
  written: JsonNode,
  path: string,
): readonly Incompatibility[] | undefined {
  const [readers, writers] = [branchesOf(read), branchesOf(written)];
  if (readers === undefined && writers === undefined) return undefined;
  const untaken = (writers ?? [written]).filter((branch) =>
    (readers ?? [read]).every((other) => compare(schemas, other, branch, path).length > 0),
  );
  return untaken.map((branch) => {
    const message = `${at(path)} takes no ${JSON.stringify(branch).slice(0, 60)}, which is written`;
    return { path, message };
  });
}

function branchesOf({ anyOf, oneOf }: JsonNode): readonly unknown[] | undefined {
  return (anyOf ?? oneOf) as readonly unknown[] | undefined;
}

function compareTypes(read: JsonNode, written: JsonNode, path: string): readonly Incompatibility[] {
  const [readers, writers] = [typesOf(read), typesOf(written)];
  if (readers === undefined) return [];
  if (writers === undefined) {
    return [{ path, message: `${at(path)} is ${readers.join(' or ')}, but anything is written` }];
  }
  const takes = (type: string) =>
    readers.includes(type) || (type === 'integer' && readers.includes('number'));
  return writers
    .filter((type) => !takes(type))
    .map((type) => ({
      path,
      message: `${at(path)} is ${readers.join(' or ')}, but ${type} is written`,
    }));
}

function typesOf({ type }: JsonNode): readonly string[] | undefined {
  if (type === undefined) return undefined;
  return Array.isArray(type) ? type : [String(type)];
}

/** Properties of the reader: one that the writer does not name may be anything in an open writer. */
function compareProperties(
  schemas: Schemas,
  read: JsonNode,
  written: JsonNode,
  path: string,
): readonly Incompatibility[] {
  const named = propertiesOf(written);
  return Object.entries(propertiesOf(read)).flatMap(([name, property]) => {
    const place = path === '' ? name : `${path}.${name}`;
    if (named[name] !== undefined) return compare(schemas, property, named[name], place);
    if (contentModelOf(written) === 'closed' || isAnything(schemas.reader.resolve(property)))
      return [];
    if (contentModelOf(written) === 'partial') {
      return compare(schemas, property, written.additionalProperties, place);
    }
    const message = `property ${place} is new, and the writer's content model is open: it may be written as anything`;
    return [{ path: place, message }];
  });
}

/** What the reader demands and the writer does not promise; a `default` is a remark in JSON Schema, it fills nothing in. */
function compareRequired(
  read: JsonNode,
  written: JsonNode,
  path: string,
): readonly Incompatibility[] {
  const promised = new Set(requiredOf(written));
  return requiredOf(read)
    .filter((name) => !promised.has(name))
    .map((name) => {
      const place = path === '' ? name : `${path}.${name}`;
      const message = `property ${place} is required, and the writer may leave it out`;
      return { path: place, message };
    });
}

function requiredOf({ required }: JsonNode): readonly string[] {
  return (required as readonly string[] | undefined) ?? [];
}

/** What the writer names, or allows beside, and the reader does not name. */
function compareRest(
  schemas: Schemas,
  read: JsonNode,
  written: JsonNode,
  path: string,
): readonly Incompatibility[] {
  const model = contentModelOf(read);
  if (model === 'open') return [];
  const [known, named] = [propertiesOf(read), propertiesOf(written)];
  const gone = Object.keys(named).filter((name) => known[name] === undefined);
  const reasons = gone.flatMap((name) => {
    const place = path === '' ? name : `${path}.${name}`;
    if (model === 'partial') return compare(schemas, read.additionalProperties, named[name], place);
    const message = `property ${place} is written, and the reader's content model is closed`;
    return [{ path: place, message }];
  });
  if (contentModelOf(written) !== 'open') return reasons;
  const message = `${at(path)} takes no other properties, and the writer's content model is open`;
  return [...reasons, { path, message }];
}

function compareItems(
  schemas: Schemas,
  read: JsonNode,
  written: JsonNode,
  path: string,
): readonly Incompatibility[] {
  if (read.items === undefined || Array.isArray(read.items)) return [];
  return compare(schemas, read.items, written.items ?? {}, `${path}[]`);
}

/** Whether a schema takes every document. */
function isAnything(node: JsonNode): boolean {
  const silent = [
    'title',
    'description',
    'default',
    'examples',
    '$comment',
    '$id',
    '$schema',
    '$defs',
    'definitions',
  ];
  return Object.keys(nodeOf(node)).every((key) => silent.includes(key));
}

function at(path: string): string {
  return path === '' ? 'the document' : `property ${path}`;
}
