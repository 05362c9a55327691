/** A Java for images: linked from the machine's JDK, without what servers do not need. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { java } from '../src/platform/local/java.ts';
import { ImageError, run } from './tools.ts';

/** What Kafka and the registry use; `jdeps` cannot tell, because half of their libraries are modules without their neighbours. */
const modules = [
  'java.se',
  'jdk.crypto.ec',
  'jdk.jfr',
  'jdk.management',
  'jdk.naming.dns',
  'jdk.net',
  'jdk.security.auth',
  'jdk.security.jgss',
  'jdk.unsupported',
  'jdk.zipfs',
];

/** What decides how the Java comes out. */
export const javaRuntimeKey = (): string => `${java().version} ${modules.join()}`;

/** Puts a Java into a folder that must not exist yet; rejects where the machine has a JRE only. */
export async function linkJava(target: string): Promise<void> {
  const { home, version } = java();
  const jlink = join(home, 'bin', 'jlink');
  if (!existsSync(jlink))
    throw new ImageError(
      `Java ${version} at ${home} has no jlink. Mend: install a JDK (apt-get install openjdk-21-jdk-headless) and set JAVA_HOME`,
    );
  const small = ['--strip-debug', '--no-header-files', '--no-man-pages', '--compress=zip-6'];
  await run(jlink, [
    ...small,
    '--generate-cds-archive',
    '--add-modules',
    modules.join(),
    '--output',
    target,
  ]);
}
