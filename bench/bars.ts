/** The bars that the bench holds the back end to. */
import type { Comparison } from './compare.ts';
import { backEnd } from './contenders/back-end.ts';
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

/** Judges what was measured. */
export function judge(comparison: Comparison, scaling: Scaling | undefined): Bar[] {
  const { overStreams, overIncrby, standings } = comparison;
  const residentMb = standings.find(({ name }) => name === backEnd.name)?.residentMb ?? Number.NaN;
  const bars = [
    atLeast('back end ÷ Kafka Streams', overStreams, OVER_STREAMS),
    atLeast('back end ÷ one INCRBY per record', overIncrby, OVER_INCRBY),
    {
      what: 'resident memory of the back end, 10 SKUs',
      bar: `≤ ${RESIDENT_MB} MB`,
      measured: `${residentMb} MB`,
      holds: residentMb <= RESIDENT_MB,
    },
  ];
  return scaling ? [...bars, flatness(scaling)] : bars;
}

function atLeast(what: string, ratio: number, bar: number): Bar {
  const measured = `${ratio.toFixed(ratio < 10 ? 2 : 0)} ×`;
  return { what, bar: `≥ ${bar} ×`, measured, holds: ratio >= bar };
}

function flatness({ bySkus }: Scaling): Bar {
  const costs = bySkus.map(({ micros }) => micros.median);
  const ratio = Math.max(...costs) / Math.min(...costs);
  return {
    what: 'cost per record, dearest ÷ cheapest, 10 to 100,000 SKUs',
    bar: `≤ ${FLAT_WITHIN} ×`,
    measured: `${ratio.toFixed(2)} ×`,
    holds: ratio <= FLAT_WITHIN,
  };
}
