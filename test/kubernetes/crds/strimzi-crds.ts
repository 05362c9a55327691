/** Strimzi's custom resource definitions, written by Strimzi's own generator, once per user. */
import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cached } from '../../../src/platform/local/artifacts/cache.ts';
import { mavenClasspath } from '../../../src/platform/local/artifacts/maven.ts';
import { java } from '../../../src/platform/local/java.ts';
import { cacheDir } from '../../../src/platform/local/paths.ts';
import { runProgram } from '../../cluster/run-program.ts';
import type { Log } from '../../cluster/steps.ts';
import { step } from '../../cluster/steps.ts';

const version = '1.2.0';

/** The classes that describe the resources which `deploy/base/strimzi` uses. */
const resources = ['kafka.Kafka', 'nodepool.KafkaNodePool', 'topic.KafkaTopic'];

/** A folder of YAML files, one definition each. */
export function strimziCrds(log: Log): Promise<string> {
  const folder = join(cacheDir(), 'cluster', `strimzi-crds-${version}`);
  const fill = (target: string): Promise<void> =>
    step(log, `generate the custom resource definitions of Strimzi ${version}`, () =>
      generate(target),
    );
  return cached({ folder, fill }, () => undefined);
}

async function generate(target: string): Promise<void> {
  const pom = new URL('./strimzi.pom.xml', import.meta.url);
  const classpath = await mavenClasspath(`strimzi-${version}`, pom, () => undefined);
  mkdirSync(target, { recursive: true });
  const outputs = resources.map(
    (name) => `io.strimzi.api.kafka.model.${name}=${join(target, `${name.split('.')[1]}.yaml`)}`,
  );
  const program = join(java().home, 'bin', 'java');
  const generator = ['-cp', classpath.join(delimiter), 'io.strimzi.crdgenerator.CrdGenerator'];
  await runProgram(program, [...generator, '--yaml', ...outputs]);
}
