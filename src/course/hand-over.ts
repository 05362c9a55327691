/** Gives readers over from blue to green at a moment in which no total goes back for them: blue holds still until green's reader shows as much. */

import { setTimeout as sleep } from 'node:timers/promises';
import { readRest } from '../history/read-rest.ts';
import type { StateDb } from '../history/read-state.ts';
import { openState, readProgress, readState } from '../history/read-state.ts';
import type { Deployment, DeploymentSpec, Lab } from '../platform/platform.ts';
import { dataNamesOf } from '../platform/platform.ts';
import { NotLevelError } from './level.ts';

/** Who gives and who takes. */
export interface HandOver {
  readonly lab: Pick<Lab, 'deployments'>;
  /** State DB, `host:port`. */
  readonly state: string;
  readonly partitions: number;
  /** The Back End whose output readers see. */
  readonly blue: DeploymentSpec;
  /** The Back End whose output they are to see. */
  readonly green: DeploymentSpec;
  /** The Summary Stats UI that they are to see. */
  readonly reader: DeploymentSpec;
  /** Rejects where waiting makes no sense any more. */
  readonly check: () => void;
  readonly route: Lab['route'];
}

/** Blue goes on by itself after this long, whatever becomes of who asked. */
const HOLD_MS = 3_000;
/** So much of it is left at the least when readers are switched. */
const SPARE_MS = 500;
const LIMIT_MS = 60_000;
const POLL_MS = 20;

/** Resolves when readers are switched; rejects with {@link NotLevelError} where green's reader does not get there within 60 s. */
export async function handOver(parts: HandOver): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  while (performance.now() < endMs) {
    parts.check();
    if (await tryToHandOver(parts)) return;
  }
  const { reader } = parts;
  throw new NotLevelError(`${reader.name} does not show as much as readers saw after 60 s`);
}

async function tryToHandOver(parts: HandOver): Promise<boolean> {
  const { lab, blue, reader, check, route } = parts;
  const deployments = await lab.deployments();
  const [giving, taking] = [urlsOf(deployments, blue), urlsOf(deployments, reader)];
  const endMs = performance.now() + HOLD_MS - SPARE_MS;
  try {
    const held = await Promise.all(giving.map((url) => hold(url, HOLD_MS)));
    if (!held.every(Boolean)) return false;
    const most = await mostToShow(parts, endMs);
    if (most === undefined) return false;
    while (performance.now() < endMs) {
      check();
      const shown = await Promise.all(taking.map((url) => showsAsMuch(url, most)));
      if (shown.every(Boolean)) {
        if (performance.now() >= endMs) return false;
        await route({ [reader.name]: 100 });
        return true;
      }
      await sleep(POLL_MS);
    }
    return false;
  } finally {
    // Where this fails the hold ends by itself.
    await Promise.allSettled(giving.map((url) => hold(url, 0)));
  }
}

/**
 * `manufactured_qty` by (SKU, month) that a reader of green must show: what readers of blue can have seen by now, but no more than green
 * has when it is as far in the log. What green sets aside because it cannot read it is judged afterwards; nobody can wait for it.
 * Undefined where green does not come that far in time.
 */
async function mostToShow(
  { state, partitions, blue, green, check }: HandOver,
  endMs: number,
): Promise<ReadonlyMap<string, number> | undefined> {
  using given = openState(state, dataNamesOf(blue).namespace);
  using taken = openState(state, dataNamesOf(green).namespace);
  const { nexts } = await readProgress(given, partitions);
  const seen = await quantities(given, partitions);
  const isLevel = async () => {
    const now = await readProgress(taken, partitions);
    return nexts.every((next, partition) => (now.nexts[partition] ?? 0) >= next);
  };
  while (!(await isLevel())) {
    check();
    if (performance.now() >= endMs) return undefined;
    await sleep(POLL_MS);
  }
  const has = await quantities(taken, partitions);
  return new Map([...seen].map(([key, most]) => [key, Math.min(most, has.get(key) ?? 0)]));
}

async function quantities(db: StateDb, partitions: number): Promise<ReadonlyMap<string, number>> {
  const { partitions: read } = await readState(db, partitions);
  const rows = read.flatMap(({ totals }) => Object.entries(totals));
  return new Map(rows.map(([key, row]) => [key, Number(row.split(' ')[1] ?? 0)]));
}

async function showsAsMuch(url: string, most: ReadonlyMap<string, number>): Promise<boolean> {
  const { rows, error } = await readRest({ url, deployment: '', instance: '', version: '' });
  if (error !== undefined) return false;
  return [...most].every(([key, seen]) => (rows[key]?.manufactured_qty ?? 0) >= seen);
}

/** Whether it holds still with all that it took applied. */
async function hold(url: string, milliseconds: number): Promise<boolean> {
  const response = await fetch(`${url}/hold`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ milliseconds }),
    signal: AbortSignal.timeout(HOLD_MS),
  });
  if (!response.ok) throw new Error(`${url}/hold answered ${response.status}`);
  return ((await response.json()) as { held: boolean }).held;
}

function urlsOf(deployments: readonly Deployment[], { name }: DeploymentSpec): readonly string[] {
  return deployments
    .filter(({ spec }) => spec.name === name)
    .flatMap(({ instances }) => instances.map(({ url }) => url));
}
