/** How the back end's cost per record grows with SKUs, partitions and records. */
import { HOURS } from '../src/app/runtime/calendar.ts';
import { backEnd } from './contenders/back-end.ts';
import type { Spread } from './measure/statistics.ts';
import { spreadOf } from './measure/statistics.ts';
import type { Stage } from './stage.ts';
import type { FilledTopic } from './workload/fill-topic.ts';

/** One point of a curve. */
export interface Point {
  readonly skus: number;
  readonly partitions: number;
  readonly records: number;
  /** Time per record until all are counted, in µs. */
  readonly micros: Spread;
  /** The back end's processor time per record, its start included, in µs. */
  readonly cpuMicros: Spread;
  readonly residentMb: number;
}

/** The three curves. */
export interface Scaling {
  readonly bySkus: readonly Point[];
  readonly byPartitions: readonly Point[];
  readonly byRecords: readonly Point[];
}

const SKUS = [10, 100, 1_000, 10_000, 100_000];
const PARTITIONS = [1, 6, 12, 24];
const RECORDS = [250_000, 500_000, 1_000_000, 2_000_000, 4_000_000];
/** A day of each of 100,000 SKUs; 10 SKUs have fewer. */
const RECORDS_BY_SKUS = 2_400_000;
const RECORDS_BY_PARTITIONS = 2_000_000;
/** Enough that each of 24 partitions has its share. */
const SKUS_BY_PARTITIONS = 1_000;

/** Measures the three curves; all points of a curve take turns, so that a slow minute hurts none more than the others. */
export async function measureScaling(
  stage: Stage,
  repetitions: number,
  note: (line: string) => void,
): Promise<Scaling> {
  const bySkus = SKUS.map((skus) => ({
    skus,
    partitions: 6,
    records: Math.min(RECORDS_BY_SKUS, skus * HOURS),
  }));
  const byPartitions = PARTITIONS.map((partitions) => ({
    skus: SKUS_BY_PARTITIONS,
    partitions,
    records: RECORDS_BY_PARTITIONS,
  }));
  const byRecords = RECORDS.map((records) => ({ skus: 100, partitions: 6, records }));
  return {
    bySkus: await curve(stage, bySkus, repetitions, note),
    byPartitions: await curve(stage, byPartitions, repetitions, note),
    byRecords: await curve(stage, byRecords, repetitions, note),
  };
}

type Setting = Pick<Point, 'skus' | 'partitions' | 'records'>;

async function curve(
  stage: Stage,
  settings: readonly Setting[],
  repetitions: number,
  note: (line: string) => void,
): Promise<Point[]> {
  const topics: FilledTopic[] = [];
  for (const { skus, partitions, records } of settings) {
    const filler = await stage.openTopic(partitions, skus);
    topics.push(await filler.fillTo(records));
  }
  const runs = topics.map((): { micros: number; cpuMicros: number; residentMb: number }[] => []);
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    for (const [at, topic] of topics.entries()) {
      const { seconds, cpuSeconds, residentMb } = await stage.run(backEnd, topic);
      const micros = (seconds * 1e6) / topic.records;
      runs[at]?.push({ micros, cpuMicros: (cpuSeconds * 1e6) / topic.records, residentMb });
      const { skus, partitions, records } = topic;
      note(
        `${skus} SKUs, ${partitions} partitions, ${records} records: ${micros.toFixed(2)} µs each`,
      );
    }
  }
  for (const topic of topics) await stage.deleteTopic(topic);
  return settings.map((setting, at) => pointOf(setting, runs[at] ?? []));
}

function pointOf(
  setting: Setting,
  runs: readonly { micros: number; cpuMicros: number; residentMb: number }[],
): Point {
  return {
    ...setting,
    micros: spreadOf(runs.map((run) => run.micros)),
    cpuMicros: spreadOf(runs.map((run) => run.cpuMicros)),
    residentMb: Math.max(...runs.map((run) => run.residentMb)),
  };
}
