/** A Protobuf schema as it is compared: its messages by name, their fields by number, and what is left out of the judgement. */

import protobuf from 'protobufjs';

/** A parsed Protobuf schema. */
export interface ProtobufSchema {
  /** By full name without the leading dot, e.g. `shop.Order`; nested ones, too. */
  readonly messages: ReadonlyMap<string, protobuf.Type>;
  /** Files that it imports and that are not there. */
  readonly missing: readonly string[];
}

/** Reads a `.proto` text; throws an error that names the line. */
export function parseProtobuf(text: string): ProtobufSchema {
  const { root, imports = [] } = protobuf.parse(text, new protobuf.Root(), { keepCase: true });
  const outside = imports.filter((path) => !addWellKnown(root, path));
  const messages = new Map<string, protobuf.Type>();
  collect(root, messages);
  if (messages.size === 0) throw new Error('there is no message in it');
  if (outside.length === 0) root.resolveAll();
  return { messages, missing: outside };
}

/** A type that a field names: a message, an enum, or nothing where it is a scalar or comes from an import that is not there. */
export function typeOf(field: protobuf.Field): protobuf.Type | protobuf.Enum | undefined {
  const found = field.parent?.lookup(field.type, [protobuf.Type, protobuf.Enum]);
  return found instanceof protobuf.Type || found instanceof protobuf.Enum ? found : undefined;
}

/** Whether a reader can tell that the field was not written. */
export function isTellable(field: protobuf.Field): boolean {
  if (field.repeated || field.map || typeOf(field) instanceof protobuf.Type) return true;
  if (field.partOf) return true;
  return field.hasPresence === true && field.options?.default === undefined;
}

/** Where a field's number or name is reserved by a message. */
export function isReserved(message: protobuf.Type, { id, name }: protobuf.Field): boolean {
  return message.isReservedId(id) || message.isReservedName(name);
}

/** The well-known types come with the library. */
function addWellKnown(root: protobuf.Root, path: string): boolean {
  const known = protobuf.common.get(path);
  if (known?.nested === undefined) return false;
  root.addJSON(known.nested);
  return true;
}

function collect(space: protobuf.NamespaceBase, messages: Map<string, protobuf.Type>): void {
  for (const each of space.nestedArray) {
    const name = each.fullName.replace(/^\./, '');
    if (each instanceof protobuf.Type && !name.startsWith('google.protobuf.')) {
      messages.set(name, each);
    }
    if (each instanceof protobuf.Namespace) collect(each, messages);
  }
}
