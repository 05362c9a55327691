/** Options that name a person's own components, used in place of started ones. */

import Type from 'typebox';
import type { LabSpec } from '../platform/platform.ts';

const hostPort = '[A-Za-z0-9_.\\[\\]:-]+:[0-9]{1,5}';

/** Addresses of one's own Kafka, registry and Valkey. */
export const externalOptions = {
  bootstrap: Type.Optional(
    Type.String({
      flags: '--bootstrap <host:port[,host:port]>',
      description: 'your own Kafka, in place of a started one',
      pattern: `^${hostPort}(,${hostPort})*$`,
      expected: 'host:port, several separated by commas',
    }),
  ),
  registry: Type.Optional(
    Type.String({
      flags: '--registry <url>',
      description: 'your own Confluent-compatible schema registry',
      pattern: '^https?://[^\\s]+$',
      expected: 'the base URL of a schema registry, such as http://127.0.0.1:8081',
    }),
  ),
  valkey: Type.Optional(
    Type.String({
      flags: '--valkey <host:port[,host:port]>',
      description: 'your own Valkey or Redis: of the back end, then of the Summary Stats UI',
      pattern: `^${hostPort}(,${hostPort})?$`,
      expected: 'host:port, or two separated by a comma',
    }),
  ),
};

/** The addresses as a platform takes them. */
export function readExternal(values: {
  readonly bootstrap?: string;
  readonly registry?: string;
  readonly valkey?: string;
}): LabSpec['external'] {
  const { bootstrap, registry, valkey } = values;
  return {
    ...(bootstrap === undefined ? {} : { bootstrap }),
    ...(registry === undefined ? {} : { registry: registry.replace(/\/+$/, '') }),
    ...(valkey === undefined ? {} : { valkey: valkey.split(',') }),
  };
}
