/** The whole history of 10 SKUs through everything: `cutover up --once`, timed by itself, its processes weighed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createLocalPlatform } from '../src/platform/local/index.ts';
import type { RunningChild } from './measure/children.ts';
import { openChildren } from './measure/children.ts';
import type { Usage } from './measure/usage.ts';
import { usageOf } from './measure/usage.ts';

/** What the run came to; its totals were found exact. */
export interface EndToEnd {
  readonly records: number;
  /** From the start of the application's processes to the last record in REST. */
  readonly seconds: number;
  readonly recordsPerSecond: number;
  /** What each application process used. */
  readonly usage: Readonly<Record<string, Usage>>;
}

const LAUNCHER = fileURLToPath(new URL('../bin/cutover.mjs', import.meta.url));
const SAMPLE_MS = 500;

/** Runs it once; rejects where a total is not exact. */
export async function measureEndToEnd(): Promise<EndToEnd> {
  const folder = mkdtempSync(join(tmpdir(), 'cutover-bench-'));
  const children = openChildren(folder);
  const name = `bench-once-${process.pid}`;
  try {
    const child = await children.start('once', command(name));
    const usage = await weigh(name, child);
    const exitCode = await child.ended;
    const verdict = child.lines().find(({ event }) => event === 'verdict');
    if (exitCode !== 0 || verdict?.verdict !== 'pass') {
      throw new Error(`cutover up --once ended with ${exitCode}: ${JSON.stringify(verdict)}`);
    }
    const { records, seconds, recordsPerSecond } = verdict;
    return {
      records: Number(records),
      seconds: Number(seconds),
      recordsPerSecond: Number(recordsPerSecond),
      usage,
    };
  } finally {
    await children.close();
    rmSync(folder, { recursive: true });
  }
}

function command(name: string) {
  const inherited = ['PATH', 'HOME', 'JAVA_HOME', 'CUTOVER_CACHE', 'XDG_CACHE_HOME'];
  const env = Object.fromEntries(
    inherited.flatMap((variable) => {
      const value = process.env[variable];
      return value === undefined ? [] : [[variable, value]];
    }),
  );
  const args = [LAUNCHER, 'up', '--once', '--json', '--name', name, '--port', '0'];
  return { program: process.execPath, args, env };
}

/** What each application process uses, looked at until the run ends. */
async function weigh(name: string, child: RunningChild): Promise<Record<string, Usage>> {
  const platform = createLocalPlatform();
  const usage: Record<string, Usage> = {};
  let running = true;
  void child.ended.then(() => {
    running = false;
  });
  while (running) {
    const lab = await platform.find(name);
    for (const { name: instance, id } of lab?.deployments.flatMap((one) => one.instances) ?? []) {
      const used = usageIfRunning(Number(id));
      if (used) usage[instance] = used;
    }
    await sleep(SAMPLE_MS);
  }
  return usage;
}

function usageIfRunning(pid: number): Usage | undefined {
  try {
    return usageOf(pid);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
