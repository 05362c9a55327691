/** How fast defective builds are noticed and taken back: small canary upgrades on one lab, each build again and again. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { partOf } from '../src/course/site.ts';
import type { Build, Experiment, Upgrade } from '../src/experiment/experiment.ts';
import { cellExperiment, cellOf } from '../src/experiment/planner/cells.ts';
import { predict } from '../src/experiment/planner/predict.ts';
import { makeManifest } from '../src/history/manifest.ts';
import type { RunVerdict } from '../src/history/saved-run.ts';
import type { TimelineEvent } from '../src/history/timeline.ts';
import { createLocalPlatform } from '../src/platform/local/index.ts';
import type { Lab, LabSpec } from '../src/platform/platform.ts';
import { reactionOf } from '../src/report/marks.ts';
import { runExperiment } from '../src/run.ts';
import { percentile } from './measure/statistics.ts';

const USAGE = `Usage: npm run rollbacks -- [runs] [file] [minutes]

  runs      upgrades to each defective build; default 20
  file      where each run is noted, one JSON line each; what stands there already is not done again;
            default runs/rollbacks.jsonl
  minutes   no run begins later; default: all are done`;

/** Each defective build with the gate that is meant to catch it. */
const gateFor: Readonly<Record<Exclude<Build, 'good'>, string>> = {
  crash: 'restarts',
  slow: 'lag',
  'double-count': 'prefix',
  'wrong-month': 'prefix',
  'bad-schema': 'undecodable',
};
/** Enough SKUs to have records in each of the six partitions. */
const SKUS = 12;
const RATE_PER_SECOND = 8_000;
const BAKE_RECORDS = 8_000;
const FOLDER = 'runs/rollbacks';
const GOAL_MS = 10_000;

interface Noted {
  readonly build: string;
  readonly run: number;
  readonly gate: string | null;
  readonly detectMs: number | null;
  /** Of these, from the moment that the first instance of the build was ready. */
  readonly detectReadyMs: number | null;
  readonly decideMs: number | null;
  readonly restoreMs: number | null;
  readonly lost: number;
  readonly duplicated: number;
  readonly undecodable: number;
  readonly unavailable: number;
  /** What is not as it must be. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** An upgrade to a defective build; the registry is asked nothing where it would keep the build out. */
function experimentOf(build: Build): Experiment {
  const cell = cellOf({
    ...{ pair: 'v1-v2', strategy: 'canary', order: 'consumers-first', style: 'optional' },
    compatibility: build === 'bad-schema' ? 'NONE' : 'BACKWARD',
  });
  const whole = cellExperiment(cell);
  const [good] = whole.upgrades as readonly [Upgrade];
  const small: Experiment = {
    ...whole,
    name: `rollback-${build}`,
    workload: {
      ...whole.workload,
      ...{ skus: SKUS, ratePerSecond: RATE_PER_SECOND, records: BAKE_RECORDS },
    },
    upgrades: [{ ...good, build, steps: [25, 100], bakeRecords: BAKE_RECORDS }],
  };
  const { verdict, outcome, findings } = predict(small);
  const kinds = [...new Set(findings.map(({ kind }) => kind))];
  return { ...small, expect: { verdict, outcome, findings: kinds } };
}

function specOf(name: string, runId: string): LabSpec {
  const run = { runId, seed: 1, skus: SKUS, order: 'chronological' } as const;
  return { name, brokers: 1, partitions: 6, external: {}, run };
}

/** When the first instance of the new version that carries the defect was ready, ms. */
function readyMs(build: string, timeline: readonly TimelineEvent[]): number | undefined {
  const name = build === 'bad-schema' ? 'generator-v2-0' : 'back-end-v2-0';
  return timeline
    .filter((event) => event.kind === 'platform')
    .find(({ event, subject }) => event === 'ready' && subject === name)?.atMs;
}

async function rollBack(lab: Lab, build: Exclude<Build, 'good'>, run: number): Promise<Noted> {
  const startMs = performance.now();
  const experiment = experimentOf(build);
  const spec = specOf(lab.name, `${build}-${run}-${Date.now()}`);
  const timeline: TimelineEvent[] = [];
  const about = { name: experiment.name, seed: spec.run.seed, runId: spec.run.runId };
  const { folder, verdict } = await runExperiment(experiment, {
    open: () => partOf(lab, spec, spec.run.runId),
    runs: FOLDER,
    manifest: await makeManifest(
      { ...about, platform: lab.platform, versions: {}, replay: 'npm run rollbacks' },
      fileURLToPath(new URL('..', import.meta.url)),
    ),
    interrupt: interrupting.signal,
    event: (event) => void timeline.push(event),
    says: () => undefined,
  });
  const nothing = { gate: null, detectMs: null, decideMs: null, restoreMs: null };
  const { gate, ...took } = reactionOf(timeline) ?? nothing;
  const failed = timeline.find((event) => event.kind === 'gate' && event.word === 'fail');
  const ready = readyMs(build, timeline);
  const detectReadyMs = failed && ready !== undefined ? failed.atMs - ready : null;
  const problems = problemsOf(verdict, gate, gateFor[build]);
  const isSlow = (took.decideMs ?? 0) + (took.restoreMs ?? 0) > GOAL_MS;
  if (problems.length === 0 && !isSlow) rmSync(folder, { recursive: true });
  const { lost, duplicated, undecodable, unavailable } = verdict.check;
  return {
    ...{ build, run, gate, ...took, detectReadyMs },
    ...{ lost, duplicated, undecodable, unavailable, problems },
    seconds: Math.round((performance.now() - startMs) / 100) / 10,
  };
}

function problemsOf(verdict: RunVerdict, gate: string | null, meant: string): readonly string[] {
  const { observed, predicted, asExpected, reasons } = verdict;
  const words = ({ verdict: word, outcome }: RunVerdict['observed']) => `${word}, ${outcome}`;
  return [
    ...(gate === meant ? [] : [`caught by ${gate}, not by ${meant}`]),
    ...(asExpected
      ? []
      : [`${words(observed)} instead of ${words(predicted)}: ${reasons.join(' ')}`]),
  ];
}

function readNoted(file: string): readonly Noted[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Noted);
}

function printTable(noted: readonly Noted[]): void {
  const rows = [...Map.groupBy(noted, ({ build }) => build)].map(([build, runs]) => {
    const gates = [...Map.groupBy(runs, ({ gate }) => gate)].map(
      ([gate, { length }]) => `${gate} ${length}`,
    );
    const cells = [
      ...[build, runs.length, gates.join(', ')],
      inSeconds(runs.map(({ detectMs }) => detectMs)),
      inSeconds(runs.map(({ detectReadyMs }) => detectReadyMs)),
      inSeconds(runs.map(({ decideMs }) => decideMs)),
      inSeconds(runs.map(({ restoreMs }) => restoreMs)),
      inSeconds(runs.map(backMs)),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const titles =
    '| build | runs | caught by | detect | of it, once ready | decide | restore | detect to restore |';
  process.stdout.write(`\n${titles}\n|${' --- |'.repeat(8)}\n${rows.join('\n')}\n`);
}

/** From the failing gate until the old version served alone and had caught up; null where that did not come. */
function backMs({ decideMs, restoreMs }: Noted): number | null {
  return decideMs === null || restoreMs === null ? null : decideMs + restoreMs;
}

/** p50, p95 and most, in seconds. */
function inSeconds(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const at = (share: number) => (percentile(known, share) / 1_000).toFixed(2);
  return known.length === 0 ? '–' : `${at(50)} / ${at(95)} / ${at(100)}`;
}

function isGood(noted: readonly Noted[]): boolean {
  const slowest = [...Map.groupBy(noted, ({ build }) => build).values()].map((runs) =>
    percentile(
      runs.map((run) => backMs(run) ?? Number.POSITIVE_INFINITY),
      95,
    ),
  );
  return noted.every(({ problems }) => problems.length === 0) && Math.max(...slowest) <= GOAL_MS;
}

const interrupting = new AbortController();
const [runs = '20', file = 'runs/rollbacks.jsonl', minutes = '9999'] = process.argv.slice(2);
if (![runs, minutes].every((each) => /^[1-9]\d{0,3}$/.test(each))) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 64;
} else {
  const lastBeginMs = performance.now() + Number(minutes) * 60_000;
  mkdirSync(dirname(file), { recursive: true });
  const done = new Set(readNoted(file).map(({ build, run }) => `${build} ${run}`));
  const spec = specOf(`rollbacks-${process.pid}`, 'rollbacks');
  const lab = await createLocalPlatform().up(spec, () => undefined);
  process.once('SIGINT', () => interrupting.abort(new Error('interrupted')));
  try {
    for (let run = 0; run < Number(runs); run++) {
      for (const build of Object.keys(gateFor) as (keyof typeof gateFor)[]) {
        if (done.has(`${build} ${run}`) || performance.now() > lastBeginMs) continue;
        const noted = await rollBack(lab, build, run);
        appendFileSync(file, `${JSON.stringify(noted)}\n`);
        const word = noted.problems.length === 0 ? `by ${noted.gate}` : noted.problems.join('; ');
        const back = ((backMs(noted) ?? Number.NaN) / 1_000).toFixed(1);
        process.stdout.write(`${run} ${build}, ${noted.seconds} s: back in ${back} s, ${word}\n`);
      }
    }
  } finally {
    await lab.down();
  }
  const all = readNoted(file);
  printTable(all);
  process.exitCode = isGood(all) ? 0 : 1;
}
