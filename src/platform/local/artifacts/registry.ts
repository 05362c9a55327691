/** Apicurio Registry, fetched with Maven as one archive and unpacked. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheDir } from '../paths.ts';
import { cached } from './cache.ts';
import type { MavenSet } from './maven.ts';
import { fetchLibraries } from './maven.ts';
import type { ReportProgress } from './report-progress.ts';
import { formatBytes } from './report-progress.ts';
import { runTool } from './run-tool.ts';

/** The Apicurio Registry version that the local platform runs. */
export const registryVersion = '3.3.3';

const archive = `apicurio-registry-app-${registryVersion}-all.tar.gz`;
const archiveBytes = 158_577_952;
const set: MavenSet = {
  name: `registry-${registryVersion}`,
  pom: new URL('./registry.pom.xml', import.meta.url),
  checksums: new URL('./registry.sha256', import.meta.url),
};

/** Where the registry lies once fetched. */
export const registryFolder = (): string => join(cacheDir(), set.name);

/** The folder with the registry's `quarkus-run.jar`, fetched the first time (158 MB). */
export function registryApp(progress: ReportProgress): Promise<string> {
  const fill = (folder: string): Promise<void> => fetchAndUnpack(folder, progress);
  return cached({ folder: registryFolder(), fill }, progress);
}

async function fetchAndUnpack(folder: string, progress: ReportProgress): Promise<void> {
  const meter = setInterval(downloadMeter(progress), 300);
  try {
    await fetchLibraries(set, folder, progress);
  } finally {
    clearInterval(meter);
  }
  progress({ part: set.name, kind: 'step', message: 'unpacking' });
  await runTool({
    program: 'tar',
    args: ['-xzf', join(folder, archive), '-C', folder],
    purpose: 'it unpacks the schema registry',
    mend: 'Mend: apt-get install tar gzip',
  });
  rmSync(join(folder, archive));
}

/** Maven says nothing while one large file arrives, so its unfinished file is looked at. */
function downloadMeter(progress: ReportProgress): () => void {
  const folder = join(
    homedir(),
    '.m2/repository/io/apicurio/apicurio-registry-app',
    registryVersion,
  );
  let told = 0;
  return () => {
    const bytes = Math.min(largestFile(folder), archiveBytes);
    if (bytes === told) return;
    told = bytes;
    const message = `${formatBytes(bytes)} of ${formatBytes(archiveBytes)}`;
    progress({ part: set.name, kind: 'step', message, fraction: bytes / archiveBytes });
  };
}

function largestFile(folder: string): number {
  if (!statSync(folder, { throwIfNoEntry: false })) return 0;
  const sizes = readdirSync(folder).map(
    (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return Math.max(0, ...sizes);
}
