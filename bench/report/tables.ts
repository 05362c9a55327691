/** The results as Markdown tables. */
import type { Standing } from '../compare.ts';
import type { Spread } from '../measure/statistics.ts';
import type { Point } from '../scaling.ts';
import type { Results } from './write-report.ts';

/** The machine, the bars, the comparison and the curves. */
export function formatTables(results: Results): string {
  const { machine, comparison, scaling, endToEnd, bars, repetitions } = results;
  const { records, skus, partitions, bestStreams } = comparison;
  const { publishedOverStreams } = comparison;
  return [
    `Measured on ${machine.coresUsed} of ${machine.cores} cores (${machine.cpu}), ${machine.memoryGib} GiB, ` +
      `${machine.system}, Node ${machine.node}, Java ${machine.java}; load before: ${machine.loadBefore}. ` +
      `Medians of ${repetitions} runs each, least and most in brackets.`,
    table(
      ['what', 'bar', 'measured', 'holds'],
      bars.map(({ what, bar, measured, holds }) => [what, bar, measured, holds ? 'yes' : '**no**']),
    ),
    `### Beside the baselines\n\n${count(records)} records, ${skus} SKUs, ${partitions} partitions.`,
    table(
      [
        'contender',
        'records/s, all counted',
        'records/s, all published',
        'CPU µs per record',
        'resident',
      ],
      comparison.standings.map(standingRow),
    ),
    `Baseline: ${bestStreams}. With every changed row published the back end is at ` +
      `${publishedOverStreams.toFixed(2)} × of it.`,
    `### End to end\n\n\`cutover up --once\`, run once: ${count(endToEnd.records)} records in ` +
      `${endToEnd.seconds.toFixed(1)} s from the start of the application to the last one in REST, ` +
      'every total exact. What each process of the application used in that time and the check after it:',
    table(
      ['process', 'CPU s', 'resident'],
      Object.entries(endToEnd.usage).map(([name, { cpuSeconds, residentMb }]) => [
        name,
        cpuSeconds.toFixed(1),
        `${residentMb} MB`,
      ]),
    ),
    '### Cost per record',
    ...[scaling.bySkus, scaling.byPartitions, scaling.byRecords].map((points) =>
      table(
        ['SKUs', 'partitions', 'records', 'µs per record', 'CPU µs per record', 'resident'],
        points.map(pointRow),
      ),
    ),
  ].join('\n\n');
}

function standingRow({ name, rate, publishedRate, cpuMicros, residentMb }: Standing): string[] {
  return [
    name,
    spread(rate, count),
    spread(publishedRate, count),
    spread(cpuMicros, twoDigits),
    `${residentMb} MB`,
  ];
}

function pointRow({ skus, partitions, records, micros, cpuMicros, residentMb }: Point): string[] {
  return [
    count(skus),
    String(partitions),
    count(records),
    spread(micros, twoDigits),
    spread(cpuMicros, twoDigits),
    `${residentMb} MB`,
  ];
}

const count = (value: number) => Math.round(value).toLocaleString('en');
const twoDigits = (value: number) => value.toFixed(2);

function spread({ median, min, max }: Spread, format: (value: number) => string): string {
  return `${format(median)} (${format(min)} … ${format(max)})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
