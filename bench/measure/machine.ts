/** The machine that the numbers belong to, and the cores that everything is held to. */
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { java } from '../../src/platform/local/index.ts';

/** Part of util-linux, on every Linux. */
const PINNING_TOOL = 'taskset';
/** Cores that contenders, broker and state DB share. */
const CORES = 2;

/** What a reader must know to compare. */
export interface Machine {
  readonly cpu: string;
  /** Cores of the machine. */
  readonly cores: number;
  /** Cores that everything was held to. */
  readonly coresUsed: number;
  readonly memoryGib: number;
  readonly system: string;
  readonly node: string;
  readonly java: string;
  /** Average number of processes that wanted a core in the minute before the bench began. */
  readonly loadBefore: number;
}

/**
 * Holds this process, and so everything that it starts, to two cores where the machine has more; answers how many
 * cores it has now. Only Linux can do that.
 */
export function holdToTwoCores(): number {
  if (availableParallelism() <= CORES || process.platform !== 'linux')
    return availableParallelism();
  const list = Array.from({ length: CORES }, (_, core) => core).join(',');
  const held = spawnSync(PINNING_TOOL, ['-a', '-c', '-p', list, String(process.pid)], {
    encoding: 'utf8',
  });
  return held.status === 0 ? CORES : availableParallelism();
}

/** Describes the machine. */
export function describeMachine(coresUsed: number): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    coresUsed,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.version,
    java: java().version,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}
