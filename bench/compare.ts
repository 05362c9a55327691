/** The back end beside its baselines: same topic, same run, same cores, one after the other, again and again. */
import { backEnd } from './contenders/back-end.ts';
import type { Contender, Run } from './contenders/contender.ts';
import { incrby } from './contenders/incrby.ts';
import { compileStreams, streams } from './contenders/streams.ts';
import type { Spread } from './measure/statistics.ts';
import { spreadOf } from './measure/statistics.ts';
import type { Stage } from './stage.ts';
import type { FilledTopic } from './workload/fill-topic.ts';

const SKUS = 10;
const PARTITIONS = 6;
const INCRBY_RECORDS = 60_000;
const PIPELINED_RECORDS = 600_000;
const PIPELINED = 1_000;

/** What a contender came to, over all repetitions. */
export interface Standing {
  readonly name: string;
  /** Records that one run counted. */
  readonly records: number;
  /** Records per second until all are counted and safe. */
  readonly rate: Spread;
  /** … until every changed row is published too. */
  readonly publishedRate: Spread;
  /** Processor time of the contender's process per record, its start included, in µs. */
  readonly cpuMicros: Spread;
  /** Largest resident set in MB. */
  readonly residentMb: number;
}

/** The comparison. */
export interface Comparison {
  readonly records: number;
  readonly skus: number;
  readonly partitions: number;
  readonly standings: readonly Standing[];
  /** Name of the Kafka Streams settings that were fastest. */
  readonly bestStreams: string;
  /** Back end ÷ the fastest Kafka Streams, medians. */
  readonly overStreams: number;
  /** The same until every changed row is published. */
  readonly publishedOverStreams: number;
  /** Back end ÷ one INCRBY per record, medians. */
  readonly overIncrby: number;
}

/** Compares; `note` is told each run's rate. */
export async function compare(
  stage: Stage,
  wanted: { readonly records: number; readonly repetitions: number; readonly quick: boolean },
  note: (line: string) => void,
): Promise<Comparison> {
  const classpath = await compileStreams(stage.folder, ({ message }) => note(message));
  const filler = await stage.openTopic(PARTITIONS, SKUS);
  const topic = await filler.fillTo(wanted.records);
  const baselines = streamsSettings(wanted.quick).map((settings) => streams(classpath, settings));
  const oneByOne = incrby(INCRBY_RECORDS, 1);
  const others = wanted.quick ? [oneByOne] : [oneByOne, incrby(PIPELINED_RECORDS, PIPELINED)];
  const contenders = [backEnd, ...baselines, ...others];
  const runs = await alternate(stage, contenders, topic, wanted.repetitions, note);
  await stage.deleteTopic(topic);
  const standings = contenders.map((contender) => standingOf(contender, runs.get(contender) ?? []));
  return conclude(topic, standings, baselines, oneByOne);
}

/** With few commits it does best here; the default interval is measured in the full bench. */
function streamsSettings(quick: boolean) {
  const slow = [1, 2].map((threads) => ({ threads, commitIntervalMs: 1_000 }));
  const standard = [1, 2].map((threads) => ({ threads, commitIntervalMs: 100 }));
  return quick ? slow : [...slow, ...standard];
}

async function alternate(
  stage: Stage,
  contenders: readonly Contender[],
  topic: FilledTopic,
  repetitions: number,
  note: (line: string) => void,
): Promise<ReadonlyMap<Contender, Run[]>> {
  const runs = new Map<Contender, Run[]>(contenders.map((contender) => [contender, []]));
  for (let repetition = 1; repetition <= repetitions; repetition++) {
    for (const contender of contenders) {
      const run = await stage.run(contender, topic);
      runs.get(contender)?.push(run);
      const rate = Math.round(run.records / run.seconds).toLocaleString('en');
      note(`${contender.name}, run ${repetition}: ${rate} records/s, ${run.residentMb} MB`);
    }
  }
  return runs;
}

function standingOf({ name }: Contender, runs: readonly Run[]): Standing {
  return {
    name,
    records: runs[0]?.records ?? 0,
    rate: spreadOf(runs.map((run) => run.records / run.seconds)),
    publishedRate: spreadOf(runs.map((run) => run.records / run.publishedSeconds)),
    cpuMicros: spreadOf(runs.map((run) => (run.cpuSeconds * 1e6) / run.records)),
    residentMb: Math.max(...runs.map((run) => run.residentMb)),
  };
}

function conclude(
  { records, skus, partitions }: FilledTopic,
  standings: readonly Standing[],
  baselines: readonly Contender[],
  oneByOne: Contender,
): Comparison {
  const rateOf = ({ name }: Contender) =>
    standings.find((standing) => standing.name === name)?.rate.median ?? Number.NaN;
  const best = baselines.reduce((a, b) => (rateOf(b) > rateOf(a) ? b : a));
  const ours = standings[0];
  return {
    records,
    skus,
    partitions,
    standings,
    bestStreams: best.name,
    overStreams: rateOf(backEnd) / rateOf(best),
    publishedOverStreams: (ours?.publishedRate.median ?? Number.NaN) / rateOf(best),
    overIncrby: rateOf(backEnd) / rateOf(oneByOne),
  };
}
