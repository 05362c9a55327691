/** Limits of single values in a JSON Schema: which of them the reader draws narrower than the writer. */

import type { JsonNode } from './json-schema-node.ts';

const least = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const most = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

/** Each limit that the reader draws narrower, in words that follow the name of the place. */
export function limitsTightened(read: JsonNode, written: JsonNode): readonly string[] {
  return [
    ...least.filter((key) => isNarrower(read, written, key, (own, other) => own > other)),
    ...most.filter((key) => isNarrower(read, written, key, (own, other) => own < other)),
  ]
    .map(
      (key) =>
        `has ${key} ${read[key]}, but ${written[key] ?? 'anything'} is allowed to be written`,
    )
    .concat(valuesTightened(read, written), formsTightened(read, written));
}

function isNarrower(
  read: JsonNode,
  written: JsonNode,
  key: string,
  narrower: (own: number, other: number) => boolean,
): boolean {
  const [own, other] = [read[key], written[key]];
  if (own === undefined) return false;
  return other === undefined || narrower(Number(own), Number(other));
}

/** `enum` and `const`: values that are written and not known. */
function valuesTightened(read: JsonNode, written: JsonNode): readonly string[] {
  const [known, allowed] = [valuesOf(read), valuesOf(written)];
  if (known === undefined) return [];
  if (allowed === undefined) return ['takes only some values, but any is allowed to be written'];
  const names = new Set(known.map((value) => JSON.stringify(value)));
  const unknown = allowed.map((value) => JSON.stringify(value)).filter((text) => !names.has(text));
  return unknown.length === 0 ? [] : [`does not take ${unknown.join(', ')}`];
}

function valuesOf(node: JsonNode): readonly unknown[] | undefined {
  if ('const' in node) return [node.const];
  return node.enum as readonly unknown[] | undefined;
}

/** `pattern`, `multipleOf` and `uniqueItems`: only an equal or absent one is surely no narrower. */
function formsTightened(read: JsonNode, written: JsonNode): readonly string[] {
  const isMultiple =
    Number(written.multipleOf) % Number(read.multipleOf) === 0 || read.multipleOf === undefined;
  return [
    ...(read.pattern === undefined || read.pattern === written.pattern
      ? []
      : [
          `has the pattern ${read.pattern}, but ${written.pattern ?? 'any text'} is allowed to be written`,
        ]),
    ...(isMultiple ? [] : [`must be a multiple of ${read.multipleOf}`]),
    ...(read.uniqueItems === true && written.uniqueItems !== true
      ? ['must have unique items']
      : []),
  ];
}
