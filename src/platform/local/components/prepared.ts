/** What is made once from the downloaded components so that each later start is fast: formatted storage, archives of loaded classes. */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '../artifacts/cache.ts';
import { kafkaFolder } from '../artifacts/kafka.ts';
import { registryFolder } from '../artifacts/registry.ts';
import type { ReportProgress } from '../artifacts/report-progress.ts';
import { ProcessError } from '../errors.ts';
import type { Java } from '../java.ts';
import { freePort, loopback } from '../ports.ts';
import type { Child, Command } from '../process/child.ts';
import { describeEnd, startChild } from '../process/child.ts';
import type { ProcessIdentity } from '../process/identity.ts';
import { untilReady } from '../ready.ts';
import * as kafka from './kafka.ts';
import { pingBroker } from './ping-kafka.ts';
import { pingRegistry, registryCommand, registryUrl } from './registry.ts';

/** What a preparation needs. */
export interface Preparation {
  readonly java: Java;
  readonly progress: ReportProgress;
  /** Told each process that is started. */
  readonly born: (identity: ProcessIdentity) => void;
}

/** A component prepared for fast starts. */
export interface Prepared {
  readonly folder: string;
  /** Flags that make a Java use the archive; none where this Java makes no archives. */
  readonly classArchive: readonly string[];
}

const archiveName = 'classes.aot';
const limitMs = 60_000;

/** From this version on, a Java writes an archive in one run (JEP 514). */
const firstJavaWithArchive = 25;

/** Kafka's formatted storage and, where the Java makes one, its class archive. */
export async function prepareKafka(
  classpath: readonly string[],
  needs: Preparation,
): Promise<Prepared & { readonly checkpoint: string }> {
  const folder = await cached(
    {
      folder: `${kafkaFolder()}-java-${safeName(needs.java.version)}`,
      fill: (target) => fillKafka(target, classpath, needs),
    },
    needs.progress,
  );
  return { ...prepared(folder), checkpoint: join(folder, kafka.bootstrapCheckpoint) };
}

/** The registry's class archive, where the Java makes one. */
export async function prepareRegistry(app: string, needs: Preparation): Promise<Prepared> {
  if (needs.java.major < firstJavaWithArchive) return prepared(app);
  const fill = (target: string): Promise<void> => fillRegistry(target, app, needs);
  const folder = `${registryFolder()}-java-${safeName(needs.java.version)}`;
  return prepared(await cached({ folder, fill }, needs.progress));
}

function prepared(folder: string): Prepared {
  const archive = join(folder, archiveName);
  return { folder, classArchive: existsSync(archive) ? [`-XX:AOTCache=${archive}`] : [] };
}

async function fillKafka(
  target: string,
  classpath: readonly string[],
  needs: Preparation,
): Promise<void> {
  needs.progress({ part: 'kafka', kind: 'step', message: 'preparing for fast starts, once' });
  const [port, controllerPort] = [await freePort(), await freePort()];
  const work = join(target, 'work');
  const node = { id: 1, port, controllerPort, folder: work };
  const classArchive = recording(needs.java, target);
  const cluster = { java: needs.java, classpath, nodes: [node], classArchive };
  kafka.writeSettings(cluster, node);
  await runToEnd(
    kafka.formatCommand(cluster, node, kafka.newKafkaId()),
    'kafka format',
    work,
    needs,
  );
  copyFileSync(
    join(kafka.dataFolder(node), kafka.bootstrapCheckpoint),
    join(target, kafka.bootstrapCheckpoint),
  );
  if (classArchive.length > 0) {
    const probe = (): Promise<unknown> => pingBroker(`${loopback}:${port}`, node.id);
    await record(kafka.kafkaCommand(cluster, node), 'kafka', probe, work, needs);
  }
  rmSync(work, { recursive: true });
}

async function fillRegistry(target: string, app: string, needs: Preparation): Promise<void> {
  needs.progress({ part: 'registry', kind: 'step', message: 'preparing for fast starts, once' });
  const port = await freePort();
  const work = join(target, 'work');
  mkdirSync(work);
  const classArchive = recording(needs.java, target);
  const command = registryCommand({ java: needs.java, app, port, folder: work, classArchive });
  await record(command, 'registry', () => pingRegistry(registryUrl(port)), work, needs);
  rmSync(work, { recursive: true });
}

function recording(java: Java, target: string): readonly string[] {
  return java.major < firstJavaWithArchive
    ? []
    : [`-XX:AOTCacheOutput=${join(target, archiveName)}`];
}

/** Runs a component until it is ready, then lets it end by itself, which writes the archive. */
async function record(
  command: Command,
  subject: string,
  probe: () => Promise<unknown>,
  work: string,
  { born }: Preparation,
): Promise<void> {
  const child: Child = await startChild(command, join(work, 'record.log'), born);
  try {
    await untilReady({ subject, limitMs, probe, child });
  } finally {
    await child.stop(limitMs);
  }
}

async function runToEnd(
  command: Command,
  subject: string,
  work: string,
  { born }: Preparation,
): Promise<void> {
  const child = await startChild(command, join(work, 'run.log'), born);
  const failure = await child.ended;
  if (failure.exitCode === 0) return;
  throw new ProcessError(
    `${subject} failed (${describeEnd(failure)}): ${failure.tail.at(-1) ?? ''}`,
    failure,
  );
}

function safeName(version: string): string {
  return version.replaceAll(/[^\w.-]/g, '_');
}
