/** The back end as it ships: its own process, exactly once into Valkey, changed rows published. */
import { fileURLToPath } from 'node:url';
import type { Valkey } from '../../src/app/runtime/valkey.ts';
import { connectValkey } from '../../src/app/runtime/valkey.ts';
import { usageOf } from '../measure/usage.ts';
import { createTopic } from '../workload/topics.ts';
import type { Totals } from '../workload/totals.ts';
import { checkTotals } from '../workload/totals.ts';
import type { Contender, Course } from './contender.ts';
import { firstEvent, untilTrue } from './contender.ts';

const MAIN = fileURLToPath(new URL('../../src/app/back-end/main.ts', import.meta.url));
/** The memory limits that the local platform gives an application process. */
const NODE_FLAGS = ['--max-semi-space-size=16', '--max-old-space-size=160'];
const SUMMARY_PARTITIONS = 6;

/** The application's back end, version 1. */
export const backEnd: Contender = {
  name: 'back end',

  async run(course) {
    const { addresses, topic, id, children } = course;
    await createTopic(addresses.bootstrap, `${id}-summary`, SUMMARY_PARTITIONS);
    const valkey = connectValkey(addresses.valkey[0], () => undefined);
    const child = await children.start(id, command(course));
    try {
      const countedAt = await untilTrue(child, () => isCounted(valkey, course));
      const publishedAt = await untilTrue(child, () => isPublished(valkey, course));
      const startedAt = firstEvent(child, 'acquired') ?? Number.NaN;
      const usage = usageOf(child.pid);
      checkTotals(backEnd.name, topic.totals, await totalsIn(valkey, course));
      return {
        ...usage,
        records: topic.records,
        seconds: (countedAt - startedAt) / 1_000,
        publishedSeconds: (publishedAt - startedAt) / 1_000,
      };
    } finally {
      await child.stop();
      await valkey.unlink(...keysOf(course));
      valkey.disconnect();
    }
  },
};

function command({ addresses, topic, id }: Course) {
  const env = {
    PATH: process.env.PATH ?? '',
    APP_VERSION: 'v1',
    KAFKA_BOOTSTRAP: addresses.bootstrap,
    REGISTRY_URL: addresses.registry,
    VALKEY: addresses.valkey[0],
    RAW_TOPIC: topic.topic,
    SUMMARY_TOPIC: `${id}-summary`,
    DLQ_TOPIC: `${id}-dlq`,
    GROUP: id,
    STATE_NAMESPACE: id,
  };
  const args = ['--disable-warning=ExperimentalWarning', ...NODE_FLAGS, MAIN];
  return { program: process.execPath, args, env };
}

const key = (course: Course, partition: number, part: string) =>
  `${course.id}:{${partition}}:${part}`;

function keysOf(course: Course): string[] {
  const parts = ['meta', 'seq', 'totals', 'dirty'];
  return course.topic.ends.flatMap((_, partition) =>
    parts.map((part) => key(course, partition, part)),
  );
}

/** Whether `next` has come to the end of every partition. */
async function isCounted(valkey: Valkey, course: Course): Promise<boolean> {
  const { ends } = course.topic;
  const asked = ends.map((_, partition) => valkey.hget(key(course, partition, 'meta'), 'next'));
  const nexts = await Promise.all(asked);
  return ends.every((end, partition) => Number(nexts[partition] ?? 0) >= end);
}

async function isPublished(valkey: Valkey, course: Course): Promise<boolean> {
  const asked = course.topic.ends.map((_, partition) =>
    valkey.hlen(key(course, partition, 'dirty')),
  );
  return (await Promise.all(asked)).every((waiting) => waiting === 0);
}

async function totalsIn(valkey: Valkey, course: Course): Promise<Totals> {
  const totals: Totals = new Map();
  for (const [partition] of course.topic.ends.entries()) {
    const rows = await valkey.hgetall(key(course, partition, 'totals'));
    for (const [row, columns] of Object.entries(rows)) {
      const [records = 0, manufacturedQty = 0] = columns.split(' ').map(Number);
      totals.set(row, { records, manufacturedQty });
    }
  }
  return totals;
}
