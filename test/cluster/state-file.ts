/** What a cluster did to the machine: written before the first change, so that a later process can undo all of it. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ClusterError } from './errors.ts';
import type { Layout } from './layout.ts';

/** The record of one cluster. */
export interface ClusterState {
  /** Marks every process of the cluster by its environment. */
  readonly token: string;
  /** Chooses the subnet of the nodes. */
  readonly slot: number;
  /** How many nodes were asked for. */
  readonly nodes: number;
  /** Image archives that every node has, as `identifyArchive` names them. */
  readonly archives: readonly string[];
  readonly phase: 'starting' | 'up';
  /** ISO 8601. */
  readonly startedAt: string;
}

/** Name of the environment variable that marks the cluster's processes. */
export const tokenVariable = 'CUTOVER_CLUSTER';

/** Keeps the record; a reader sees the old one or the new one, never a half. */
export function writeState(layout: Layout, state: ClusterState): void {
  mkdirSync(dirname(layout.stateFile), { recursive: true });
  const temporary = `${layout.stateFile}.new`;
  writeFileSync(temporary, JSON.stringify(state));
  renameSync(temporary, layout.stateFile);
}

/** The record of the cluster; undefined where there is none. */
export function readState(layout: Layout): ClusterState | undefined {
  if (!existsSync(layout.stateFile)) return undefined;
  return JSON.parse(readFileSync(layout.stateFile, 'utf8')) as ClusterState;
}

/** The record of a cluster that is up; throws `NOT_UP` where it is not. */
export function requireUp(layout: Layout): ClusterState {
  const state = readState(layout);
  if (state?.phase === 'up') return state;
  throw new ClusterError('NOT_UP', `no cluster ${layout.name} is up. Mend: npm run cluster -- up`);
}
