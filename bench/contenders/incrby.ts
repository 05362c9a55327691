/** One INCRBY per record, over the first part of the topic: the whole of it would take minutes. */
import { fileURLToPath } from 'node:url';
import { connectValkey } from '../../src/app/runtime/valkey.ts';
import { loadVersion } from '../../src/app/versions/load.ts';
import { usageOf } from '../measure/usage.ts';
import { totalsBefore } from '../workload/generated.ts';
import type { Totals } from '../workload/totals.ts';
import { WrongTotals } from '../workload/totals.ts';
import type { Contender, Course } from './contender.ts';
import { firstEvent, untilTrue } from './contender.ts';

const MAIN = fileURLToPath(new URL('../incrby/main.ts', import.meta.url));
const SCAN_COUNT = 10_000;

/** A contender that reads about `records` records and has `inFlight` commands under way at a time. */
export function incrby(records: number, inFlight: number): Contender {
  const name = inFlight === 1 ? 'one INCRBY per record' : `INCRBY, ${inFlight} in a pipeline`;
  return {
    name,
    async run(course) {
      const { topic, children, addresses, id } = course;
      const share = Math.min(1, records / topic.records);
      const ends = topic.ends.map((end) => Math.ceil(end * share));
      const valkey = connectValkey(addresses.valkey[0], () => undefined);
      const child = await children.start(id, command(course, ends, inFlight));
      try {
        await untilTrue(child, () => firstEvent(child, 'finished') !== undefined);
        const [start = 0, finish = 0] = ['running', 'finished'].map((event) =>
          firstEvent(child, event),
        );
        const expected = totalsBefore(ends, topic, await loadVersion('v1'));
        await checkSums(name, expected, id, (key) => valkey.get(key));
        const seconds = (finish - start) / 1_000;
        const counted = ends.reduce((sum, end) => sum + end, 0);
        return { ...usageOf(child.pid), records: counted, seconds, publishedSeconds: seconds };
      } finally {
        await child.stop();
        await removeKeys(valkey, `${id}:*`);
        valkey.disconnect();
      }
    },
  };
}

function command({ addresses, topic, id }: Course, ends: readonly number[], inFlight: number) {
  const env = {
    KAFKA_BOOTSTRAP: addresses.bootstrap,
    REGISTRY_URL: addresses.registry,
    VALKEY: addresses.valkey[0],
    RAW_TOPIC: topic.topic,
    STATE_NAMESPACE: id,
    ENDS: JSON.stringify(ends),
    IN_FLIGHT: String(inFlight),
  };
  return { program: process.execPath, args: ['--disable-warning=ExperimentalWarning', MAIN], env };
}

/** Every sum must be there, with the right value. */
async function checkSums(
  name: string,
  expected: Totals,
  namespace: string,
  get: (key: string) => Promise<string | null>,
): Promise<void> {
  for (const [row, { manufacturedQty }] of expected) {
    const found = await get(`${namespace}:${row}`);
    if (Number(found ?? Number.NaN) === manufacturedQty) continue;
    throw new WrongTotals(`${name} has for ${row}: ${found}; the log holds ${manufacturedQty}`);
  }
}

async function removeKeys(
  valkey: ReturnType<typeof connectValkey>,
  pattern: string,
): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = await valkey.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT);
    if (keys.length > 0) await valkey.unlink(...keys);
    cursor = next;
  } while (cursor !== '0');
}
