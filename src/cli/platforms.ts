/** The platforms there are; a new one is a folder in src/platform and a line here. */

import type { Platform } from '../platform/platform.ts';
import type { Place } from './place-options.ts';

const platforms: Readonly<Record<string, (place: Place) => Promise<Platform>>> = {
  local: async () => (await import('../platform/local/index.ts')).createLocalPlatform(),
  kubernetes: async (place) =>
    (await import('../platform/kubernetes/index.ts')).createKubernetesPlatform(place),
};

/** Loads the platform that a place names; only the one asked for costs time. */
export async function openPlatform(place: Place): Promise<Platform> {
  const open = platforms[place.platform];
  if (open === undefined) throw new Error(`no platform of the name ${place.platform}`);
  return open(place);
}
