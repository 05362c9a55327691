/** The platforms there are; a new one is a folder in src/platform and a line here. */

import type { Platform } from '../platform/platform.ts';

const platforms: Readonly<Record<string, () => Promise<Platform>>> = {
  local: async () => (await import('../platform/local/index.ts')).createLocalPlatform(),
};

/** Names that `--platform` takes. */
export const platformNames: readonly string[] = Object.keys(platforms);

/** Loads a platform; only the one asked for costs time. */
export async function openPlatform(name: string): Promise<Platform> {
  const open = platforms[name];
  if (open === undefined) throw new Error(`no platform of the name ${name}`);
  return open();
}
