/** Runs the test files on one cluster that is started for them, in an order in which none gets into the way of another; the machine is as before afterwards. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { buildImages } from '../../images/build-images.ts';
import { requireTools } from '../../images/tools.ts';
import { interruptedExitCode, watchForInterrupts } from '../../src/cli/interrupt.ts';
import type { MachineSnapshot, Others } from '../cluster/machine-snapshot.ts';
import { findLastingDifferences, findOthers, takeSnapshot } from '../cluster/machine-snapshot.ts';
import { systemTools } from '../cluster/requirements.ts';
import { step } from '../cluster/steps.ts';
import { shareLabCluster } from './lab-cluster.ts';

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
/** Readers are timed, and get errors where another lab starts on the same processors: beside it runs nothing. */
const experiments = named('experiments');
/** Its readers do not come in by the Gateway, which the main run has. */
const contract = named('platform');
/** Most of the time it waits. It takes the Gateway that the main run's lab must have by then. */
const hopeless = named('hopeless');
/** It takes the nodes, the storage and the Gateway away for a moment. */
const refusals = named('refusals');
/** It starts a lab of three brokers: not while the main run's begins, for of three labs that began at once each took more than twice as long. */
const plain = named('plain');
/** They look into archives, and need no cluster. */
const imageFiles = named('images');
const placed = [main, experiments, contract, hopeless, refusals, plain, imageFiles].flat();
const others = files.filter((file) => !placed.includes(file));

const parts: readonly Part[] = [
  {
    what: 'the lab’s main run, beside all that is not timed',
    lanes: [
      [...main, ...imageFiles],
      [...others, ...hopeless, ...plain, ...contract],
    ],
  },
  {
    what: 'what needs the cluster for itself',
    lanes: [[...experiments, ...refusals]],
  },
];

/** Runs a part to its end; answers whether all of it passed. */
async function run({ what, lanes }: Part, interrupt: AbortSignal): Promise<boolean> {
  const startMs = performance.now();
  const passed = await Promise.all(lanes.map((lane, at) => runLane(lane, at > 0, interrupt)));
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  log(`── ${passed.every(Boolean) ? '✔' : '✖'} ${what} (${seconds} s)`);
  return passed.every(Boolean);
}

/** Runs a lane; one that is `aside` is heard when each of its files has ended, so that two do not talk at the same time. */
async function runLane(lane: Lane, aside: boolean, interrupt: AbortSignal): Promise<boolean> {
  const passed: boolean[] = [];
  // Given several files the runner would take them in the order of their names.
  for (const file of lane) passed.push(await runFile(file, aside, interrupt));
  return passed.every(Boolean);
}

async function runFile(file: string, aside: boolean, interrupt: AbortSignal): Promise<boolean> {
  interrupt.throwIfAborted();
  const node = ['--disable-warning=ExperimentalWarning', '--test', '--test-reporter=spec'];
  const child = spawn(process.execPath, [...node, file], {
    stdio: ['inherit', aside ? 'pipe' : 'inherit', aside ? 'pipe' : 'inherit'],
    // A group of its own, so that what a test started is ended with it.
    detached: true,
  });
  const heard: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => heard.push(chunk));
  }
  const end = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  };
  interrupt.addEventListener('abort', end);
  const [code] = (await once(child, 'close')) as [number | null];
  interrupt.removeEventListener('abort', end);
  process.stdout.write(Buffer.concat(heard));
  return code === 0;
}

async function runAll(interrupt: AbortSignal): Promise<boolean> {
  // What is installed and built on the machine stays; the cluster must not.
  await requireTools(systemTools, log);
  await step(log, 'the lab’s images', () => buildImages(images, log));
  const others = findOthers();
  const machine = takeSnapshot(others);
  const passed: boolean[] = [];
  const cluster = await step(log, 'one cluster for all', () =>
    shareLabCluster(images, log, interrupt),
  );
  try {
    for (const part of parts) {
      passed.push(await run(part, interrupt));
      interrupt.throwIfAborted();
    }
  } finally {
    await cluster.leave();
  }
  if (cluster.isOwn) passed.push(await isAsBefore(machine, others));
  return passed.every(Boolean);
}

/** Whether the machine is as it was before the cluster came; what is not is said. */
async function isAsBefore(machine: MachineSnapshot, others: Others): Promise<boolean> {
  const left = await findLastingDifferences(machine, others);
  log(`── ${left.length === 0 ? '✔' : '✖'} the machine is as it was`);
  for (const each of left) log(`  ${each}`);
  return left.length === 0;
}

const interrupt = watchForInterrupts((code) => process.exit(code));
try {
  process.exitCode = (await runAll(interrupt)) ? 0 : 1;
} catch (error) {
  if (!interrupt.aborted) throw error;
  log('interrupted');
  process.exitCode = interruptedExitCode;
}
