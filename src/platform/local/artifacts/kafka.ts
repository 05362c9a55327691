/** Apache Kafka's libraries, fetched with Maven. */
import { join } from 'node:path';
import { cacheDir } from '../paths.ts';
import type { MavenSet } from './maven.ts';
import { jarsIn, mavenFolder } from './maven.ts';
import type { ReportProgress } from './report-progress.ts';

/** The Kafka version that the local platform runs. */
export const kafkaVersion = '4.3.1';

const libraries: MavenSet = {
  name: `kafka-${kafkaVersion}`,
  pom: new URL('./kafka.pom.xml', import.meta.url),
  checksums: new URL('./kafka.sha256', import.meta.url),
};

/** Where Kafka's libraries lie once fetched. */
export const kafkaFolder = (): string => join(cacheDir(), libraries.name);

/** The absolute paths of Kafka's jars (broker, clients, tools), fetched the first time; they need a {@link java}. */
export async function kafkaClasspath(progress: ReportProgress): Promise<readonly string[]> {
  return jarsIn(await mavenFolder(libraries, progress));
}
