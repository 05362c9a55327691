/** JSON Schema as a schema language: whether every document that one schema allows, another one takes. */

import type { Incompatibility } from './incompatibility.ts';
import { jsonSchemaIncompatibilities } from './json-schema-compatibility.ts';
import { jsonSchemaExample } from './json-schema-example.ts';
import type { JsonNode } from './json-schema-node.ts';
import { contentModelOf, JsonSchema, propertiesOf } from './json-schema-node.ts';
import type { Filled, SchemaLanguage } from './schema-language.ts';

export const jsonSchemaLanguage: SchemaLanguage<JsonSchema> = {
  type: 'JSON',
  name: 'JSON Schema',
  parse: (text) => new JsonSchema(JSON.parse(text)),
  cannotRead: (reader, writer): readonly Incompatibility[] =>
    jsonSchemaIncompatibilities(reader, writer),
  filled: (reader, writer) => filledProperties(reader, writer, reader.root, writer.root, ''),
  dropped(reader, writer) {
    if (contentModelOf(reader.root) !== 'open') return [];
    const known = propertiesOf(reader.root);
    return Object.keys(propertiesOf(writer.root)).filter((name) => known[name] === undefined);
  },
  notJudged(one, other) {
    const own = [...one.notCompared].filter((part) => !other.notCompared.has(part));
    const others = [...other.notCompared].filter((part) => !one.notCompared.has(part));
    return [...own, ...others];
  },
  example: jsonSchemaExample,
};

/** Properties that only the reader has: absent they stay, unless a `default` takes their place. */
function filledProperties(
  reader: JsonSchema,
  writer: JsonSchema,
  readerNode: JsonNode,
  writerNode: JsonNode,
  path: string,
): readonly Filled[] {
  const written = propertiesOf(writerNode);
  return Object.entries(propertiesOf(readerNode)).flatMap(([name, property]) => {
    const own = reader.resolve(property);
    const place = path === '' ? name : `${path}.${name}`;
    const other = written[name];
    if (other !== undefined) {
      return path.split('.').length > 4
        ? []
        : filledProperties(reader, writer, own, writer.resolve(other), place);
    }
    const value = own.default;
    if (value === undefined) return [{ path: place, value: 'nothing', isTellable: true }];
    return [{ path: place, value: JSON.stringify(value), isTellable: value === null }];
  });
}
