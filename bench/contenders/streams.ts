/** Kafka Streams, the baseline: compiled here, run with the Java that was found. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import avro from 'avsc';
import { openLogReader } from '../../src/app/runtime/log-reader.ts';
import { eachRecord } from '../../src/app/runtime/log-slice.ts';
import { java, mavenClasspath } from '../../src/platform/local/index.ts';
import type { Progress } from '../../src/platform/platform.ts';
import { usageOf } from '../measure/usage.ts';
import { createTopic } from '../workload/topics.ts';
import type { Summand, Totals } from '../workload/totals.ts';
import { checkTotals, rowKey } from '../workload/totals.ts';
import type { Contender, Course } from './contender.ts';
import { firstEvent, untilTrue } from './contender.ts';

const POM = new URL('../streams/pom.xml', import.meta.url);
const SOURCE = fileURLToPath(new URL('../streams/StreamsTotals.java', import.meta.url));
/** Room for its caches; of the collectors none was seen to serve it clearly better than this one. */
const JAVA_FLAGS = [
  '-Xms512m',
  '-Xmx1g',
  '-XX:+UseParallelGC',
  '--enable-native-access=ALL-UNNAMED',
];
const SUMMARY_PARTITIONS = 6;
const PREFIX_BYTES = 5;

/** How the Streams application is set. */
export interface StreamsSettings {
  readonly threads: number;
  readonly commitIntervalMs: number;
}

/** The compiled application's class path. */
export async function compileStreams(
  folder: string,
  progress: (progress: Progress) => void,
): Promise<string> {
  const jars = await mavenClasspath('bench-streams', POM, progress);
  const classes = join(folder, 'classes');
  mkdirSync(classes, { recursive: true });
  const classpath = [classes, ...jars].join(delimiter);
  const compiler = join(java().home, 'bin', 'javac');
  const done = spawnSync(compiler, ['-cp', classpath, '-d', classes, SOURCE], { encoding: 'utf8' });
  if (done.status === 0) return classpath;
  const reason = done.error?.message ?? done.stderr.trim().split('\n')[0];
  throw new Error(
    `${SOURCE} was not compiled: ${reason}. Mend: install a JDK (with javac), 21 or newer`,
    {
      cause: done.error,
    },
  );
}

/** A Streams contender. */
export function streams(classpath: string, settings: StreamsSettings): Contender {
  const threads = settings.threads === 1 ? '1 thread' : `${settings.threads} threads`;
  const name = `Kafka Streams, ${threads}, commits each ${settings.commitIntervalMs} ms`;
  return {
    name,
    async run(course) {
      const { addresses, topic, id, children } = course;
      await createTopic(addresses.bootstrap, `${id}-summary`, SUMMARY_PARTITIONS);
      const child = await children.start(id, command(course, classpath, settings));
      try {
        await untilTrue(child, () => firstEvent(child, 'committed') !== undefined);
        const [start = 0, end = 0] = ['running', 'committed'].map((event) =>
          firstEvent(child, event),
        );
        const usage = usageOf(child.pid);
        checkTotals(name, topic.totals, await publishedTotals(course));
        const seconds = (end - start) / 1_000;
        return { ...usage, records: topic.records, seconds, publishedSeconds: seconds };
      } finally {
        await child.stop();
      }
    },
  };
}

function command(course: Course, classpath: string, settings: StreamsSettings) {
  const { addresses, topic, id, folder } = course;
  const env = {
    KAFKA_BOOTSTRAP: addresses.bootstrap,
    REGISTRY_URL: addresses.registry,
    RAW_TOPIC: topic.topic,
    SUMMARY_TOPIC: `${id}-summary`,
    GROUP: id,
    STATE_DIR: join(folder, id),
    THREADS: String(settings.threads),
    COMMIT_INTERVAL_MS: String(settings.commitIntervalMs),
  };
  const program = join(java().home, 'bin', 'java');
  return { program, args: [...JAVA_FLAGS, '-cp', classpath, 'StreamsTotals'], env };
}

const summaryType = avro.Type.forSchema({
  type: 'record',
  name: 'SummaryStats',
  namespace: 'cutover',
  fields: [
    { name: 'sku', type: 'string' },
    ...['year', 'month', 'records'].map((name) => ({ name, type: 'int' as const })),
    { name: 'manufactured_qty', type: 'long' },
  ],
});

/** The last published row of each key: what a reader of the output topic ends with. */
async function publishedTotals({ addresses, id }: Course): Promise<Totals> {
  const { bootstrap } = addresses;
  const reader = openLogReader({ bootstrap, clientId: `${id}.check`, topic: `${id}-summary` });
  const totals: Totals = new Map();
  try {
    const ends = await reader.offsets('end');
    const ranges = new Map(ends.map((end, partition) => [partition, [0, end] as const]));
    await reader.read(ranges, async (slice) => {
      eachRecord(slice, ({ value }) => {
        const row = summaryType.decode(value as Buffer, PREFIX_BYTES).value as Summand;
        const { records, manufactured_qty: quantity } = row;
        totals.set(rowKey(row), { records: Number(records), manufacturedQty: Number(quantity) });
      });
    });
  } finally {
    await reader.close();
  }
  return totals;
}
