/** Runs the test files on one cluster that is started for them, in an order in which none gets into the way of another. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { requireTools } from '../../images/tools.ts';
import { interruptedExitCode, watchForInterrupts } from '../../src/cli/interrupt.ts';
import { loadLabImages } from './lab-images.ts';
import { systemTools } from './requirements.ts';
import { shareCluster } from './shared-cluster.ts';
import { step } from './steps.ts';

/** Files that run after each other. */
type Lane = readonly string[];

/** Lanes that run beside each other. */
interface Part {
  readonly what: string;
  readonly lanes: readonly Lane[];
}

const images = ['app-v1', 'app-v2', 'app-v3', 'lab', 'kafka', 'registry', 'valkey'];
const log = (line: string): void => void process.stderr.write(`${line}\n`);

const files = process.argv.slice(2);
const named = (...names: readonly string[]): readonly string[] =>
  files.filter((file) => names.includes(basename(file, '.test.ts')));

const main = named('lab');
/** These start clusters of their own and look at the machine. */
const ofMachine = named('cluster', 'killed', 'machine-snapshot');
/** It waits for what never comes, and asks little of the machine. */
const waits = named('hopeless');
/** The longest of the others begin first. */
const long = ['platform', 'plain'].map((name) => named(name));
/** Readers are timed in the first, and the second takes the nodes and the storage away for a moment. */
const alone = [...named('experiments'), ...named('refusals')];
const placed = [...main, ...ofMachine, ...waits, ...long.flat(), ...alone];
const others = files.filter((file) => !placed.includes(file));

const parts: readonly Part[] = [
  {
    what: 'the lab’s main run, beside clusters of their own',
    lanes: [main, [...ofMachine, ...waits]],
  },
  { what: 'what waits more than it works', lanes: [...long, others] },
  { what: 'what needs the cluster for itself', lanes: [alone] },
];

/** Runs a part to its end; answers whether all of it passed. */
async function run({ what, lanes }: Part, interrupt: AbortSignal): Promise<boolean> {
  const startMs = performance.now();
  const passed = await Promise.all(lanes.map((lane, at) => runLane(lane, at > 0, interrupt)));
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  log(`── ${passed.every(Boolean) ? '✔' : '✖'} ${what} (${seconds} s)`);
  return passed.every(Boolean);
}

/** Runs a lane; one that is `aside` is heard when it has ended, so that two do not talk at the same time. */
async function runLane(lane: Lane, aside: boolean, interrupt: AbortSignal): Promise<boolean> {
  if (lane.length === 0) return true;
  interrupt.throwIfAborted();
  const node = ['--disable-warning=ExperimentalWarning', '--test', '--test-reporter=spec'];
  const child = spawn(process.execPath, [...node, '--test-concurrency=1', ...lane], {
    stdio: ['inherit', aside ? 'pipe' : 'inherit', aside ? 'pipe' : 'inherit'],
  });
  const heard: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => heard.push(chunk));
  }
  const end = (): void => void child.kill('SIGTERM');
  interrupt.addEventListener('abort', end);
  const [code] = (await once(child, 'close')) as [number | null];
  interrupt.removeEventListener('abort', end);
  process.stdout.write(Buffer.concat(heard));
  return code === 0;
}

async function runAll(interrupt: AbortSignal): Promise<boolean> {
  await requireTools(systemTools, log);
  const passed: boolean[] = [];
  const cluster = await step(log, 'one cluster for all', () => shareCluster(log, interrupt));
  try {
    await step(log, 'its images', () => loadLabImages(cluster, images, log));
    for (const part of parts) passed.push(await run(part, interrupt));
  } finally {
    await cluster.leave();
  }
  return passed.every(Boolean);
}

const interrupt = watchForInterrupts((code) => process.exit(code));
try {
  process.exitCode = (await runAll(interrupt)) ? 0 : 1;
} catch (error) {
  if (!interrupt.aborted) throw error;
  log('interrupted');
  process.exitCode = interruptedExitCode;
}
