/** What the charts of a report draw, reckoned from the timeline: ownership, shares, throughput, lag, answers. */

import type { Sample, TimelineEvent } from '../history/timeline.ts';
import type { Chart, Series } from './chart.ts';
import { secondsOf } from './chart.ts';
import type { Counts } from './rates.ts';
import { rates } from './rates.ts';
import { readerCharts } from './reader-charts.ts';
import { shareCharts } from './share-charts.ts';

/** All charts that the timeline has data for. */
export function chartsOf(timeline: readonly TimelineEvent[]): readonly Chart[] {
  const samples = timeline.filter((event) => event.kind === 'sample');
  const probes = timeline.filter((event) => event.kind === 'probe');
  const steps = timeline.filter((event) => event.kind === 'step');
  return [
    ...(samples.length > 1 ? [ownership(samples), throughput(samples), ...lag(samples)] : []),
    ...shareCharts(samples, probes, steps),
    ...readerCharts(probes),
  ];
}

/** Every version that a sample names, in order. */
export function versionsIn(timeline: readonly TimelineEvent[]): readonly string[] {
  const names = timeline.flatMap((event) => {
    if (event.kind === 'sample') return event.deployments.map(({ version }) => version);
    return event.kind === 'step' && event.version !== null ? [event.version] : [];
  });
  return [...new Set(names)].sort();
}

function ownership(samples: readonly Sample[]): Chart {
  const owners = samples.map(({ partitions }) => partitions.map(({ version }) => version));
  const versions = [...new Set(owners.flat())].filter((each) => each !== null).sort();
  const band = (version: string | null): Series => ({
    name: version ?? 'nobody',
    version,
    style: 'line',
    values: owners.map((each) => each.filter((owner) => owner === version).length),
  });
  const nobody = band(null);
  const hasNobody = nobody.values.some((count) => count !== null && count > 0);
  return {
    ...{ id: 'ownership', title: 'Who owned the partitions', unit: 'partitions', kind: 'bands' },
    note: 'Partitions of the input topic by the version of the back end that owned them.',
    atLeast: Math.max(...owners.map(({ length }) => length)),
    seconds: secondsOf(samples),
    series: [...versions.map(band), ...(hasNobody ? [nobody] : [])],
  };
}

function throughput(samples: readonly Sample[]): Chart {
  const counted = rates(samples, ({ counted: counts }) => counts);
  const produced = rates(samples, ({ produced: counts }) => counts);
  const versions = [...new Set(counted.flatMap((each) => Object.keys(each)))].sort();
  return {
    ...{ id: 'throughput', title: 'Throughput', unit: 'records/s', kind: 'lines', atLeast: 1 },
    note: 'Records per second: counted, by version of the back end, and produced by all generators.',
    seconds: secondsOf(samples),
    series: [
      ...versions.map(
        (version): Series => ({
          name: `counted by ${version}`,
          ...{ version, style: 'line' },
          values: counted.map((each, at) => (at === 0 ? null : (each[version] ?? 0))),
        }),
      ),
      {
        name: 'produced',
        version: null,
        style: 'total',
        values: produced.map((each, at) => (at === 0 ? null : totalOf(each))),
      },
    ],
  };
}

function totalOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function lag(samples: readonly Sample[]): readonly Chart[] {
  const one = (
    id: string,
    unit: string,
    note: string,
    read: (sample: Sample) => number,
  ): Chart => ({
    ...{ id, title: 'Lag', unit, note, kind: 'lines', atLeast: 1 },
    seconds: secondsOf(samples),
    series: [{ name: 'lag', version: null, style: 'line', values: samples.map(read) }],
  });
  const behind = 'of the back end that readers see';
  return [
    one(
      'lag-records',
      'records',
      `Records in the log that are not counted, ${behind}.`,
      (sample) => sample.lagRecords,
    ),
    one(
      'lag-seconds',
      'seconds',
      `Age of the oldest of them, ${behind}.`,
      (sample) => sample.lagSeconds,
    ),
  ];
}
