/** What the registry's seven modes say of a new schema beside the earlier ones of its subject. */

import type { Compatibility } from '../experiment.ts';
import type { CannotRead } from './languages/incompatibility.ts';

/** A schema with the name by which people know it, e.g. `v2`. */
export interface NamedSchema<Schema> {
  readonly name: string;
  readonly schema: Schema;
}

/** The modes, from the loosest to the strictest. */
export const compatibilityModes = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const satisfies readonly Compatibility[];

/** Whether the new schema must read what the earlier ones wrote. */
const asksBackward = (mode: Compatibility): boolean => /^(BACKWARD|FULL)/.test(mode);

/** Whether the earlier schemas must read what the new one writes. */
const asksForward = (mode: Compatibility): boolean => /^(FORWARD|FULL)/.test(mode);

/**
 * Why the mode forbids the schema; empty where it allows it.
 * @param history earlier schemas of the subject, oldest first; a mode that is not transitive looks at the last one only
 */
export function refusals<Schema>(
  mode: Compatibility,
  proposed: NamedSchema<Schema>,
  history: readonly NamedSchema<Schema>[],
  cannotRead: CannotRead<Schema>,
): readonly string[] {
  const compared = mode.endsWith('_TRANSITIVE') ? history : history.slice(-1);
  const words = (reader: NamedSchema<Schema>, writer: NamedSchema<Schema>) =>
    cannotRead(reader.schema, writer.schema).map(
      ({ message }) => `${reader.name} cannot read what ${writer.name} wrote: ${message}`,
    );
  return compared.flatMap((earlier) => [
    ...(asksBackward(mode) ? words(proposed, earlier) : []),
    ...(asksForward(mode) ? words(earlier, proposed) : []),
  ]);
}
