/** Runs test files in an order that needs two clusters at most: first what starts its own, then all others on one that is started once and ended after them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { requireTools } from '../../images/tools.ts';
import { interruptedExitCode, watchForInterrupts } from '../../src/cli/interrupt.ts';
import { loadLabImages } from './lab-images.ts';
import { systemTools } from './requirements.ts';
import { shareCluster } from './shared-cluster.ts';
import { step } from './steps.ts';

/** Files that run together. */
interface Part {
  readonly what: string;
  readonly files: readonly string[];
  /** How many of them at the same time. */
  readonly atOnce: number;
}

/** These look at the machine, which nobody else may change meanwhile. */
const ofMachine = ['cluster', 'killed', 'machine-snapshot'];
/** Readers are timed in the one, and the other takes the nodes and the storage away for a moment. */
const alone = ['experiments', 'refusals'];
const images = ['app-v1', 'app-v2', 'app-v3', 'lab', 'kafka', 'registry', 'valkey'];
const log = (line: string): void => void process.stderr.write(`${line}\n`);

const files = process.argv.slice(2);
const among = (names: readonly string[]) => (file: string) =>
  names.includes(basename(file, '.test.ts'));
const others = files.filter((file) => !among([...ofMachine, ...alone])(file));

const ownClusters: Part = {
  what: 'with clusters of their own',
  files: files.filter(among(ofMachine)),
  atOnce: 1,
};
const onOneCluster: readonly Part[] = [
  { what: 'what waits more than it works', files: others, atOnce: 3 },
  { what: 'what needs the cluster for itself', files: files.filter(among(alone)), atOnce: 1 },
];

/** Runs a part to its end; answers whether all of it passed. */
async function run({ what, files, atOnce }: Part, interrupt: AbortSignal): Promise<boolean> {
  if (files.length === 0) return true;
  interrupt.throwIfAborted();
  const node = ['--disable-warning=ExperimentalWarning', '--test', '--test-reporter=spec'];
  const startMs = performance.now();
  const child = spawn(process.execPath, [...node, `--test-concurrency=${atOnce}`, ...files], {
    stdio: 'inherit',
  });
  const end = (): void => void child.kill('SIGTERM');
  interrupt.addEventListener('abort', end);
  const [code] = (await once(child, 'exit')) as [number | null];
  interrupt.removeEventListener('abort', end);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  log(`── ${code === 0 ? '✔' : '✖'} ${what} (${seconds} s)`);
  return code === 0;
}

async function runAll(interrupt: AbortSignal): Promise<boolean> {
  await requireTools(systemTools, log);
  const passed = [await run(ownClusters, interrupt)];
  const cluster = await step(log, 'one cluster for all others', () => shareCluster(log, interrupt));
  try {
    await step(log, 'its images', () => loadLabImages(cluster, images, log));
    for (const part of onOneCluster) passed.push(await run(part, interrupt));
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
