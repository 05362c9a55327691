/** Options of a command as one TypeBox schema: flags, help, default and what values are allowed. */

import { Ajv } from 'ajv';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { TObject, TSchema } from 'typebox';

/** What an option's schema says beside its type. */
export interface OptionText {
  /** As commander writes it, e.g. `--skus <n>`. */
  readonly flags: string;
  /** For `--help`. */
  readonly description: string;
  /** Completes "must be …" in the message about a value that is not allowed. */
  readonly expected?: string;
  readonly default?: unknown;
}

const ajv = new Ajv({ allErrors: true, coerceTypes: true, useDefaults: true });
ajv.addVocabulary(['flags', 'expected']);

/** Problems between operands and options as typed, each naming its flag. */
export type UsageCheck = (
  operands: readonly string[],
  typed: Readonly<Record<string, unknown>>,
) => readonly string[];

const schemas = new WeakMap<Command, TObject>();
const checks = new WeakMap<Command, UsageCheck>();

/** Adds one option to the command for each property of the schema; `check` finds what contradicts itself among them. */
export function addOptions(command: Command, schema: TObject, check?: UsageCheck): Command {
  schemas.set(command, schema);
  if (check !== undefined) checks.set(command, check);
  for (const property of Object.values(schema.properties)) {
    const text = textOf(property);
    const standard = text.default === undefined ? '' : ` (default: ${text.default})`;
    command.addOption(new Option(text.flags, text.description + standard));
  }
  return command;
}

/** The schema that `addOptions` gave the command. */
export function schemaOf(command: Command): TObject | undefined {
  return schemas.get(command);
}

/** The check that `addOptions` gave the command. */
export function checkOf(command: Command): UsageCheck | undefined {
  return checks.get(command);
}

/** Values as typed, by property name, made into what the schema says; defaults are filled in. */
export function readOptions(
  schema: TObject,
  typed: Readonly<Record<string, unknown>>,
): { readonly values: Record<string, unknown>; readonly problems: readonly string[] } {
  const values = { ...typed };
  if (ajv.validate(schema, values)) return { values, problems: [] };
  const failed = new Set((ajv.errors ?? []).map((error) => error.instancePath.split('/')[1] ?? ''));
  const problems = [...failed].map((name) => describeProblem(schema, name, typed[name]));
  return { values, problems };
}

function describeProblem(schema: TObject, name: string, value: unknown): string {
  const property = schema.properties[name];
  if (property === undefined) return `unknown option ${name}`;
  const { flags, expected } = textOf(property);
  const flag = flags.split(/[ ,]/)[0];
  return `${flag} ${String(value)}: must be ${expected ?? 'another value'}`;
}

function textOf(property: TSchema): OptionText {
  return property as unknown as OptionText;
}
