/** Measures what the performance claims rest on: `npm run bench`, shorter with `-- --quick`. */
import type { Progress } from '../src/platform/platform.ts';
import type { Bar } from './bars.ts';
import { judge } from './bars.ts';
import { compare } from './compare.ts';
import { measureEndToEnd } from './end-to-end.ts';
import { describeMachine, holdToTwoCores } from './measure/machine.ts';
import type { BenchOptions } from './options.ts';
import { readOptions, UsageError, usage } from './options.ts';
import { writeReport } from './report/write-report.ts';
import { measureScaling } from './scaling.ts';
import { openStage } from './stage.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 64;
const EXIT_INTERNAL = 70;

const note = (line: string) => process.stdout.write(`${line}\n`);

function noteProgress({ part, message, kind }: Progress): void {
  if (kind !== 'step') note(`${part}: ${message}`);
}

async function measure(options: BenchOptions): Promise<readonly Bar[]> {
  const { quick, repetitions } = options;
  const machine = describeMachine(holdToTwoCores());
  note(
    `${machine.coresUsed} of ${machine.cores} cores, ${machine.cpu}; load before: ${machine.loadBefore}`,
  );
  const { comparison, scaling } = await measureOnStage(options);
  if (quick || !scaling) return judge(comparison);
  note('cutover up --once');
  const endToEnd = await measureEndToEnd();
  const bars = judge(comparison, { scaling, endToEnd });
  writeReport({ machine, repetitions, comparison, scaling, endToEnd, bars });
  return bars;
}

async function measureOnStage(options: BenchOptions) {
  const stage = await openStage(noteProgress);
  try {
    const comparison = await compare(stage, options, note);
    if (options.quick) return { comparison };
    return { comparison, scaling: await measureScaling(stage, options.repetitions, note) };
  } finally {
    await stage.close();
  }
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    note(usage);
    return 0;
  }
  const bars = await measure(options);
  for (const { what, bar, measured, holds } of bars) {
    note(`${holds ? 'holds' : 'MISSED'}  ${what}: ${measured} (bar ${bar})`);
  }
  return bars.every(({ holds }) => holds) ? 0 : EXIT_FAILED;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof UsageError) {
    for (const problem of error.problems) process.stderr.write(`${problem}\n`);
    process.exitCode = EXIT_USAGE;
  } else {
    const text = error instanceof Error ? error.stack : String(error);
    process.stderr.write(`the bench failed: ${text}\n`);
    process.exitCode = EXIT_INTERNAL;
  }
}
