/** Settings of a program, read from environment variables and checked all at once. */
import { Ajv } from 'ajv';
import type { Static, TObject } from 'typebox';
import Type from 'typebox';
import { DEFECT_NAMES } from '../defects/index.ts';
import { availableVersions } from '../versions/load.ts';

/** The environment holds settings that cannot be used; `problems` has one line for each, naming the variable. */
export class SettingsError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`wrong settings: ${problems.join('; ')}`);
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

const hostPort = '[A-Za-z0-9._\\-\\[\\]:]+:[0-9]{1,5}';

/** A `host:port` address. */
export const HostPort = (description: string) =>
  Type.String({ pattern: `^${hostPort}$`, description });

/** What every program of the application needs to know. */
export const CommonSettings = {
  APP_VERSION: Type.Enum(availableVersions(), { description: 'version of the application' }),
  SCHEMA_STYLE: Type.Enum(['optional', 'defaulted', 'required', 'tightened'], {
    default: 'optional',
    description: 'how added fields are declared',
  }),
  KAFKA_BOOTSTRAP: Type.String({
    pattern: `^${hostPort}(,${hostPort})*$`,
    description: 'bootstrap servers, host:port[,host:port]',
  }),
  REGISTRY_URL: Type.String({
    pattern: '^https?://\\S+$',
    description: 'Confluent-compatible base URL of the schema registry',
  }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], {
    default: 'info',
    description: 'least severe level that is logged',
  }),
  HOST: Type.String({ default: '127.0.0.1', minLength: 1, description: 'address to listen on' }),
  PORT: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 65_535,
    description: 'port of the HTTP server, 0 for any free one',
  }),
  INSTANCE: Type.String({ default: '', description: 'name of this process' }),
  RUN_ID: Type.String({ default: 'none', minLength: 1, maxLength: 200, description: 'lab run' }),
  SEED: Type.Integer({ default: 1, minimum: 0, maximum: 4_294_967_295, description: 'uint32' }),
  RAW_TOPIC: Type.String({ default: 'raw-data-in', minLength: 1, description: 'topic' }),
  SUMMARY_TOPIC: Type.String({ default: 'summary-stats', minLength: 1, description: 'topic' }),
  DLQ_TOPIC: Type.String({ default: 'raw-data-in.dlq', minLength: 1, description: 'topic' }),
  DEFECT: Type.Enum(DEFECT_NAMES, {
    default: 'none',
    description: 'laboratory equipment: a way to be wrong on purpose',
  }),
};

/** Reads the variables that a schema names; text is converted to the schema's types, every problem is reported. */
export function readSettings<Schema extends TObject>(
  schema: Schema,
  environment: NodeJS.ProcessEnv,
): Static<Schema> {
  const found: Record<string, unknown> = {};
  for (const name of Object.keys(schema.properties)) {
    const value = environment[name];
    if (value !== undefined && value !== '') found[name] = value;
  }
  const ajv = new Ajv({ allErrors: true, coerceTypes: true, useDefaults: true });
  const validate = ajv.compile<Static<Schema>>(schema);
  if (validate(found)) return found;
  const problems = (validate.errors ?? []).map(({ instancePath, keyword, params, message }) => {
    const name = keyword === 'required' ? String(params.missingProperty) : instancePath.slice(1);
    const property = schema.properties[name] as { description?: string } | undefined;
    const choices = keyword === 'enum' ? ` (${(params.allowedValues as string[]).join(', ')})` : '';
    const what =
      keyword === 'required' ? 'is not set' : `'${environment[name]}' ${message}${choices}`;
    return `${name} ${what} — ${property?.description ?? 'setting'}`;
  });
  throw new SettingsError(problems);
}
