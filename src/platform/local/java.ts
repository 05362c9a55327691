/** Finds a Java that Kafka and the schema registry run on: JAVA_HOME, the path, then the usual places. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { LocalError } from './errors.ts';

/** A Java installation. */
export interface Java {
  /** Its JAVA_HOME. */
  readonly home: string;
  /** Feature version, e.g. 25. */
  readonly major: number;
  /** Full runtime version, e.g. `25.0.1+8-LTS`. */
  readonly version: string;
}

/** The oldest Java that every component runs on. */
const minimumJava = 21;

const usualParents = [
  '/usr/lib/jvm',
  '/usr/java',
  '/opt/java',
  '/opt/homebrew/opt',
  '/usr/local/opt',
  '/Library/Java/JavaVirtualMachines',
  join(homedir(), '.sdkman', 'candidates', 'java'),
  join(homedir(), '.jdks'),
  join(homedir(), 'Library', 'Java', 'JavaVirtualMachines'),
];

/** The newest Java of at least version 21; throws a {@link LocalError} `TOOL_MISSING` naming what was found instead. */
export function java(env: NodeJS.ProcessEnv = process.env): Java {
  const found = findJavas(env);
  const newest = found.find(({ major }) => major >= minimumJava);
  if (newest) return newest;
  const versions = found.map(({ version }) => version).join(', ') || 'none';
  throw new LocalError(
    'TOOL_MISSING',
    `Java ${minimumJava} or newer is missing (found: ${versions}); Kafka and the schema registry run on it. ${mendJava()}`,
  );
}

/** The sentence that says how to get a fitting Java here. */
export function mendJava(): string {
  if (process.platform === 'darwin') return 'Mend: brew install openjdk@25';
  return `Mend: apt-get install openjdk-${minimumJava}-jre-headless (or unpack any JDK ${minimumJava}+ and set JAVA_HOME)`;
}

/** Every Java found, newest first; of two with the same version, the one found first (JAVA_HOME before the path). */
export function findJavas(env: NodeJS.ProcessEnv = process.env): readonly Java[] {
  const homes = [
    ...(env.JAVA_HOME ? [env.JAVA_HOME] : []),
    ...homesOnPath(env.PATH ?? ''),
    ...usualParents.flatMap(homesUnder),
  ];
  const javas = [...new Set(homes)].map(inspectHome).filter((java) => java !== undefined);
  return javas.sort((a, b) => b.major - a.major);
}

function homesOnPath(path: string): readonly string[] {
  return path
    .split(delimiter)
    .map((folder) => join(folder, 'java'))
    .filter((program) => existsSync(program))
    .map((program) => dirname(dirname(realpathSync(program))));
}

function homesUnder(parent: string): readonly string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent).flatMap((name) => {
    const home = join(parent, name);
    return [home, join(home, 'Contents', 'Home'), join(home, 'libexec/openjdk.jdk/Contents/Home')];
  });
}

/** A home's version from its `release` file, so that no Java has to be started to find the right one. */
function inspectHome(home: string): Java | undefined {
  const release = join(home, 'release');
  if (!existsSync(release) || !existsSync(join(home, 'bin', 'java'))) return undefined;
  const text = readFileSync(release, 'utf8');
  const version =
    /^JAVA_RUNTIME_VERSION="(.+)"/m.exec(text)?.[1] ?? /^JAVA_VERSION="(.+)"/m.exec(text)?.[1];
  if (!version) return undefined;
  const major = Number(/^(?:1\.)?(\d+)/.exec(version)?.[1]);
  return { home: realpathSync(home), major, version };
}
