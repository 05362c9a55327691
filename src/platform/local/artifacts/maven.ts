/** Fetches Java libraries with Maven, checked strictly, into a folder of the cache. */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalError, messageOf } from '../errors.ts';
import { java } from '../java.ts';
import { cacheDir } from '../paths.ts';
import { cached } from './cache.ts';
import { readChecksums, verifyChecksums } from './checksums.ts';
import type { ReportProgress } from './report-progress.ts';
import { formatBytes } from './report-progress.ts';
import { runTool } from './run-tool.ts';

/** The Maven plug-in that copies a project's libraries into a folder. */
const copyGoal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** The sentence that says how to get Maven here. */
export const mendMaven =
  process.platform === 'darwin' ? 'Mend: brew install maven' : 'Mend: apt-get install maven';

/** A set of Java libraries. */
export interface MavenSet {
  /** Folder in the cache, e.g. `kafka-4.3.1`. */
  readonly name: string;
  /** The pom.xml whose dependencies are fetched. */
  readonly pom: URL;
  /** A list of the fetched files' SHA-256 sums; without it only Maven's own check is made. */
  readonly checksums?: URL;
}

/**
 * The absolute paths of the jars that a pom's dependencies ask for, fetched once per pom and user.
 * @param name folder in the cache; a hash of the pom is added, so that a changed pom is fetched again
 */
export async function mavenClasspath(
  name: string,
  pomPath: string | URL,
  progress: ReportProgress,
): Promise<readonly string[]> {
  const pom = pomPath instanceof URL ? pomPath : new URL(`file://${pomPath}`);
  const hash = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  return jarsIn(await mavenFolder({ name: `${name}-${hash}`, pom }, progress));
}

/** The jars of a folder, sorted, so that a class path is the same at each start. */
export function jarsIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.jar'));
  return names.sort().map((name) => join(folder, name));
}

/** The cache folder with a set's libraries, fetched where they are not there yet. */
export function mavenFolder(set: MavenSet, progress: ReportProgress): Promise<string> {
  const fill = (folder: string): Promise<void> => fetchLibraries(set, folder, progress);
  return cached({ folder: join(cacheDir(), set.name), fill }, progress);
}

/** Puts a set's files into a folder and checks them; rejects with `TOOL_MISSING` or `FETCH_FAILED`. */
export async function fetchLibraries(
  set: MavenSet,
  folder: string,
  progress: ReportProgress,
): Promise<void> {
  progress({ part: set.name, kind: 'step', message: 'fetching with Maven' });
  const sums = set.checksums ? readChecksums(set.checksums) : new Map<string, string>();
  const project = join(folder, 'project');
  mkdirSync(project);
  copyFileSync(fileURLToPath(set.pom), join(project, 'pom.xml'));
  await runMaven(set.name, project, folder, downloadCounter(set.name, sums.size, progress));
  rmSync(project, { recursive: true });
  await verifyChecksums(folder, sums);
}

async function runMaven(
  name: string,
  project: string,
  folder: string,
  onLine: (line: string) => void,
): Promise<void> {
  const found = java();
  try {
    await runTool({
      program: 'mvn',
      args: ['-B', '-C', '-f', join(project, 'pom.xml'), copyGoal, `-DoutputDirectory=${folder}`],
      env: { JAVA_HOME: found.home },
      onLine,
      purpose: `it fetches ${name} the first time`,
      mend: mendMaven,
    });
  } catch (cause) {
    if (cause instanceof LocalError) throw cause;
    throw new LocalError(
      'FETCH_FAILED',
      `${name} could not be fetched: ${messageOf(cause)}. Mend: make \`mvn\` reach its repository (proxy, settings.xml), then try again`,
      { cause },
    );
  }
}

/** Reports each library that Maven downloads; of `expected` libraries where their number is known. */
function downloadCounter(
  part: string,
  expected: number,
  progress: ReportProgress,
): (line: string) => void {
  let files = 0;
  let bytes = 0;
  return (line) => {
    const size = /^\[INFO\] Downloaded from .*\.(?:jar|gz) \(([\d.]+) ([kM]?B)/.exec(line);
    if (!size) return;
    files += 1;
    bytes += Number(size[1]) * (size[2] === 'MB' ? 1e6 : size[2] === 'kB' ? 1e3 : 1);
    const count =
      expected > 0 ? `${Math.min(files, expected)} of ${expected} files` : `${files} files`;
    const fraction = expected > 0 ? { fraction: Math.min(1, files / expected) } : {};
    progress({ part, kind: 'step', message: `${count}, ${formatBytes(bytes)}`, ...fraction });
  };
}
