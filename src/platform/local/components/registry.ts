/** The schema registry: Apicurio with its data in one H2 file, so that it survives a restart. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Java } from '../java.ts';
import { loopback } from '../ports.ts';
import type { Command } from '../process/child.ts';

/** A registry to run. */
export interface RegistrySettings {
  readonly java: Java;
  /** Folder with `quarkus-run.jar`. */
  readonly app: string;
  readonly port: number;
  /** Folder of its data. */
  readonly folder: string;
  /** Flags that use or make an archive of loaded classes. */
  readonly classArchive: readonly string[];
}

/** The command that runs the registry. */
export function registryCommand(settings: RegistrySettings): Command {
  mkdirSync(settings.folder, { recursive: true });
  const properties: Readonly<Record<string, string>> = {
    'quarkus.http.host': loopback,
    'quarkus.http.port': String(settings.port),
    'quarkus.management.host': loopback,
    'quarkus.management.port': '0',
    'quarkus.http.access-log.enabled': 'false',
    'quarkus.otel.sdk.disabled': 'true',
    // H2 keeps a commit back for half a second otherwise; a killed registry would forget schemas in use.
    'apicurio.datasource.url': `jdbc:h2:file:${join(settings.folder, 'registry')};WRITE_DELAY=0`,
    'apicurio.datasource.jdbc.initial-size': '2',
    'apicurio.datasource.jdbc.min-size': '2',
    'apicurio.storage.snapshot.location': settings.folder,
  };
  const flags = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
  const machine = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xms96m', '-Xmx384m'];
  return {
    program: join(settings.java.home, 'bin', 'java'),
    args: [
      ...machine,
      ...settings.classArchive,
      ...flags,
      '-jar',
      join(settings.app, 'quarkus-run.jar'),
    ],
    env: {},
    cwd: settings.folder,
  };
}

/** The base URL of the Confluent-compatible API of a registry on this machine. */
export const registryUrl = (port: number): string => `http://${loopback}:${port}/apis/ccompat/v7`;

/** Resolves when the registry lists its subjects. */
export async function pingRegistry(url: string, limitMs = 2_000): Promise<void> {
  const answer = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(limitMs) });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`it answers ${answer.status}`);
}
