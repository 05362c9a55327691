/** Clean runs of the application, a few at a time on one lab, each judged by all nine invariants: not one may raise an alarm. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { startProber } from '../src/history/probe-rest.ts';
import { createSampler } from '../src/history/sample-lab.ts';
import type { TimelineEvent } from '../src/history/timeline.ts';
import type { Lab } from '../src/platform/platform.ts';
import { BugCase } from '../test/integration/bug-case.ts';
import { startTestLab, until } from '../test/integration/lab.ts';

const USAGE = `Usage: npm run false-alarms -- [runs] [file]

  runs   clean runs in all; default 100
  file   where each run is noted, one JSON line each; what stands there already is not done again;
         default runs/false-alarms.jsonl`;
const SAMPLE_EACH_MS = 250;
const FEWEST_SAMPLES = 4;
const FEWEST_REQUESTS = 50;
const RECORDS_BEFORE_AND_AFTER = 2_500;
/** A run waits more than it works; each at a time has a lab of its own, for readers come in by the lab's one entrance. */
const AT_ONCE = 3;

/** What a run goes through while records flow; each is one that a sound application survives. */
const courses: Readonly<Record<string, (run: BugCase, lab: Lab) => Promise<void>>> = {
  undisturbed: () => Promise.resolve(),
  'back end killed': async (run, lab) => {
    await killed(run.of('back-end'), lab);
    await run.moreBatches(3);
  },
  'generator killed': (run, lab) => killed(run.of('generator'), lab),
  'upgraded to v2': async (run) => {
    for (const role of ['stats', 'back-end', 'generator'] as const) {
      await run.deploy(role, { version: 'v2' });
    }
  },
  'records written again': (run) => run.writeAgain(20),
};

interface Noted {
  readonly run: number;
  readonly course: string;
  readonly verdict: string;
  readonly records: number;
  readonly seconds: number;
  /** Longest gap between two good answers: no alarm, for a machine may be busy. */
  readonly longestGapMs: number;
  /** Invariants that did not pass, each with its first finding. */
  readonly alarms: readonly string[];
}

async function killed(
  { instance, deployment }: ReturnType<BugCase['of']>,
  lab: Lab,
): Promise<void> {
  const restarts = async () =>
    (await lab.deployments()).find(({ spec }) => spec.name === deployment)?.instances[0]?.restarts;
  const before = (await restarts()) ?? 0;
  await lab.kill(instance);
  await until('its restart', async () => ((await restarts()) ?? 0) > before);
}

/** Whether there is enough to judge readers and liveness by. */
function isEnough(timeline: readonly TimelineEvent[]): boolean {
  const samples = timeline.filter(({ kind }) => kind === 'sample').length;
  const requests = timeline.map((event) => (event.kind === 'probe' ? event.requests : 0));
  return samples >= FEWEST_SAMPLES && requests.reduce((a, b) => a + b, 0) >= FEWEST_REQUESTS;
}

/** Samples and probes of a case, until `stop`. */
function record(run: BugCase, lab: Lab) {
  const timeline: TimelineEvent[] = [];
  const sampler = createSampler({ deployments: () => lab.deployments(), live: () => run.live });
  const sampling = setInterval(() => {
    sampler.sample().then(
      (sample) => timeline.push(sample),
      (error: unknown) => process.stderr.write(`${error}\n`),
    );
  }, SAMPLE_EACH_MS);
  const emit = (event: TimelineEvent) => void timeline.push(event);
  const prober = startProber({ url: lab.addresses.rest, skus: lab.run.skus, emit });
  return async (): Promise<readonly TimelineEvent[]> => {
    await until('samples and probes', async () => isEnough(timeline));
    clearInterval(sampling);
    await prober.stop();
    return timeline;
  };
}

async function cleanRun(lab: Lab, number: number): Promise<Noted> {
  const startMs = performance.now();
  const course = Object.keys(courses)[number % Object.keys(courses).length] ?? '';
  await using run = await BugCase.open(lab, `clean-${number}`);
  await Promise.all((['back-end', 'stats', 'generator'] as const).map((role) => run.deploy(role)));
  const stop = record(run, lab);
  await run.moreRecords(RECORDS_BEFORE_AND_AFTER);
  await courses[course]?.(run, lab);
  await run.moreRecords(RECORDS_BEFORE_AND_AFTER);
  await run.quiet();
  const timeline = await stop();
  const { verdict, records, invariants } = await run.judge(20_000, timeline);
  const alarms = Object.values(invariants)
    .filter((each) => each.verdict !== 'pass')
    // Those are in the log indeed.
    .filter(({ id }) => id !== 'I1' || course !== 'records written again')
    .map(({ id, verdict: word, detail, findings: [first] }) => {
      return `${id} ${word}: ${first ? `${first.what}: ${first.expected} ${first.found}` : detail}`;
    });
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  const gaps = timeline.map((event) => (event.kind === 'probe' ? event.longestGapMs : 0));
  const longestGapMs = Math.max(...gaps);
  return { run: number, course, verdict, records, seconds, longestGapMs, alarms };
}

function readNoted(file: string): readonly Noted[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Noted);
}

async function runOnOwnLab(left: number[], file: string): Promise<void> {
  const lab = await startTestLab();
  try {
    await runNext(lab, left, file);
  } finally {
    await lab.down();
  }
}

/** Takes run after run from those that are left, until none is. */
async function runNext(lab: Lab, left: number[], file: string): Promise<void> {
  for (let number = left.shift(); number !== undefined; number = left.shift()) {
    const noted = await cleanRun(lab, number);
    appendFileSync(file, `${JSON.stringify(noted)}\n`);
    const word = noted.alarms.length === 0 ? 'clean' : noted.alarms.join('; ');
    process.stdout.write(`${number} ${noted.course}, ${noted.seconds} s: ${word}\n`);
  }
}

function printTable(noted: readonly Noted[]): void {
  process.stdout.write(
    '\n| course | runs | records | longest gap, ms | alarms |\n| --- | --- | --- | --- | --- |\n',
  );
  const byCourse = Map.groupBy(noted, ({ course }) => course);
  const rows: readonly (readonly [string, readonly Noted[]])[] = [...byCourse, ['all', noted]];
  for (const [course, ofCourse] of rows) {
    const records = ofCourse.reduce((sum, run) => sum + run.records, 0).toLocaleString('en-US');
    const alarms = ofCourse.filter((run) => run.alarms.length > 0).length;
    const gapMs = Math.max(0, ...ofCourse.map(({ longestGapMs }) => longestGapMs));
    process.stdout.write(
      `| ${course} | ${ofCourse.length} | ${records} | ${gapMs} | ${alarms} |\n`,
    );
  }
}

const [runs = '100', file = 'runs/false-alarms.jsonl'] = process.argv.slice(2);
if (!/^[1-9]\d{0,5}$/.test(runs)) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 64;
} else {
  mkdirSync(dirname(file), { recursive: true });
  const done = new Set(readNoted(file).map(({ run }) => run));
  const left = Array.from({ length: Number(runs) }, (_, number) => number).filter(
    (number) => !done.has(number),
  );
  await Promise.all(Array.from({ length: AT_ONCE }, () => runOnOwnLab(left, file)));
  const all = readNoted(file);
  printTable(all);
  process.exitCode = all.some(({ alarms }) => alarms.length > 0) ? 1 : 0;
}
