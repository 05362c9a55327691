/** Charts of what readers met: times to answer, gaps, errors and odd answers. */

import type { ProbeSample } from '../history/timeline.ts';
import type { Chart, Series } from './chart.ts';
import { secondsOf } from './chart.ts';

/** The charts; none without a probe. */
export function readerCharts(probes: readonly ProbeSample[]): readonly Chart[] {
  return probes.length > 0 ? [latency(probes), gaps(probes), errors(probes)] : [];
}

function latency(probes: readonly ProbeSample[]): Chart {
  return {
    ...{ id: 'latency', title: 'Time to answer', unit: 'ms', kind: 'lines', atLeast: 10 },
    note: 'REST answers: the middle one and the slowest of each while.',
    seconds: secondsOf(probes),
    series: [
      { name: 'middle', version: null, style: 'line', values: probes.map((each) => each.medianMs) },
      {
        name: 'slowest',
        version: null,
        style: 'second',
        values: probes.map((each) => each.slowestMs),
      },
    ],
  };
}

function gaps(probes: readonly ProbeSample[]): Chart {
  return {
    ...{ id: 'gaps', title: 'Longest gap between two good answers', unit: 'ms' },
    ...{ kind: 'lines', atLeast: 250, seconds: secondsOf(probes) },
    note: 'What a reader who keeps asking would have noticed.',
    series: [
      {
        name: 'gap',
        version: null,
        style: 'line',
        values: probes.map((each) => each.longestGapMs),
      },
    ],
  };
}

function errors(probes: readonly ProbeSample[]): Chart {
  return {
    ...{ id: 'errors', title: 'Readers: requests, errors and odd answers', unit: 'per second' },
    ...{ kind: 'lines', atLeast: 1, seconds: secondsOf(probes) },
    note: 'Errors are answers other than 2xx, or none; odd is what no reader may see: a total that went back, or a mixed shape.',
    series: [
      series('requests', 'total', probes, ({ requests }) => requests),
      series('errors', 'line', probes, ({ errors: count }) => count),
      series('odd answers', 'second', probes, ({ oddities }) => oddities),
    ],
  };
}

function series(
  name: string,
  style: Series['style'],
  probes: readonly ProbeSample[],
  read: (probe: ProbeSample) => number,
): Series {
  const values = probes.map((probe) => (1000 * read(probe)) / Math.max(1, probe.forMs));
  return { name, version: null, style, values };
}
