/** Versions of the components that a platform runs by itself, for the manifest of a run. */

import { readFileSync } from 'node:fs';
import { kafkaVersion } from '../../platform/local/artifacts/kafka.ts';
import { registryVersion } from '../../platform/local/artifacts/registry.ts';

const ownPackage = new URL('../../../package.json', import.meta.url);

/** By component; elsewhere than locally only the lab's own is known. */
export function componentVersions(platform: string): Readonly<Record<string, string>> {
  const { version } = JSON.parse(readFileSync(ownPackage, 'utf8')) as { version: string };
  const local = { kafka: kafkaVersion, registry: registryVersion };
  return { cutover: version, ...(platform === 'local' ? local : {}) };
}
