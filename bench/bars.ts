/** The bars that the bench holds the back end to. */
import type { Comparison } from './compare.ts';
import { backEnd } from './contenders/back-end.ts';
import type { EndToEnd } from './end-to-end.ts';
import type { Scaling } from './scaling.ts';

/** One bar and what was measured. */
export interface Bar {
  readonly what: string;
  readonly bar: string;
  readonly measured: string;
  readonly holds: boolean;
}

const OVER_STREAMS = 1.0;
const OVER_INCRBY = 40;
const RESIDENT_MB = 250;
const FLAT_WITHIN = 1.2;
const END_TO_END_SECONDS = 45;

/** Judges what was measured. */
export function judge(
  comparison: Comparison,
  more?: { scaling: Scaling; endToEnd: EndToEnd },
): Bar[] {
  const { overStreams, overIncrby, standings } = comparison;
  const residentMb = standings.find(({ name }) => name === backEnd.name)?.residentMb ?? Number.NaN;
  const bars = [
    atLeast('back end ÷ Kafka Streams', overStreams, OVER_STREAMS),
    atLeast('back end ÷ one INCRBY per record', overIncrby, OVER_INCRBY),
    lightEnough('back end alone', residentMb),
  ];
  if (!more) return bars;
  const { scaling, endToEnd } = more;
  const weights = Object.entries(endToEnd.usage).map(([name, { residentMb: mb }]) =>
    lightEnough(name, mb),
  );
  return [...bars, flatness(scaling), quickEnough(endToEnd), ...weights];
}

function atLeast(what: string, ratio: number, bar: number): Bar {
  const measured = `${ratio.toFixed(ratio < 10 ? 2 : 0)} ×`;
  return { what, bar: `≥ ${bar} ×`, measured, holds: ratio >= bar };
}

/** Flat: the dearest is no more than a fifth above the cheapest; how far both are from their mean is told beside it. */
function flatness({ bySkus }: Scaling): Bar {
  const costs = bySkus.map(({ micros }) => micros.median);
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  const [cheapest, dearest] = [Math.min(...costs), Math.max(...costs)];
  const percent = (cost: number) => Math.abs(100 * (cost / mean - 1)).toFixed(0);
  return {
    what: 'cost per record, dearest ÷ cheapest, 10 to 100,000 SKUs',
    bar: `≤ ${FLAT_WITHIN} ×`,
    measured: `${(dearest / cheapest).toFixed(2)} × (−${percent(cheapest)} % and +${percent(dearest)} % beside the mean)`,
    holds: dearest / cheapest <= FLAT_WITHIN,
  };
}

function lightEnough(name: string, residentMb: number): Bar {
  return {
    what: `resident memory at 10 SKUs, ${name}`,
    bar: `≤ ${RESIDENT_MB} MB`,
    measured: `${residentMb} MB`,
    holds: residentMb <= RESIDENT_MB,
  };
}

function quickEnough({ records, seconds, recordsPerSecond }: EndToEnd): Bar {
  const rate = recordsPerSecond.toLocaleString('en');
  return {
    what: `end to end: ${records.toLocaleString('en')} records, every total exact in REST`,
    bar: `≤ ${END_TO_END_SECONDS} s`,
    measured: `${seconds.toFixed(1)} s (${rate} records/s)`,
    holds: seconds <= END_TO_END_SECONDS,
  };
}
