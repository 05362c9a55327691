/** Finds an application version by name among the ones that this installation (or image) holds. */
import { existsSync, readdirSync } from 'node:fs';
import type { ApplicationVersion } from '../version.ts';

/** Names of the versions that are here, ascending, e.g. `['v1', 'v2', 'v3']`. */
export function availableVersions(): string[] {
  const folders = readdirSync(new URL('.', import.meta.url), { withFileTypes: true });
  return folders
    .filter(
      (entry) =>
        entry.isDirectory() && existsSync(new URL(`${entry.name}/index.ts`, import.meta.url)),
    )
    .map((entry) => entry.name)
    .sort();
}

/** Loads one of `availableVersions()`. */
export async function loadVersion(name: string): Promise<ApplicationVersion> {
  const module = (await import(new URL(`${name}/index.ts`, import.meta.url).href)) as {
    version: ApplicationVersion;
  };
  return module.version;
}
