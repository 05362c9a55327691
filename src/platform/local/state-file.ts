/** The state file of a lab: enough for another process to find it, check it or end it. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Addresses, Deployment, RunSettings } from '../platform.ts';
import { stateDir } from './paths.ts';
import type { ProcessIdentity } from './process/identity.ts';
import { isAlive } from './process/identity.ts';

/** A process of a lab. */
export interface LabProcess extends ProcessIdentity {
  /** Instance or component, e.g. `back-end-0`, `kafka-1`. */
  readonly name: string;
  readonly kind: 'component' | 'instance';
}

/** What is saved of a running lab. */
export interface LabState {
  /** Tells one lab from another of the same name. */
  readonly id: string;
  readonly name: string;
  /** The process that brought the lab up. */
  readonly owner: ProcessIdentity;
  /** The process that ends the lab should its owner vanish. */
  readonly guard?: ProcessIdentity;
  readonly processes: readonly LabProcess[];
  readonly addresses: Addresses;
  readonly run: RunSettings;
  readonly deployments: readonly Deployment[];
  /** Folder to remove when the lab ends; absent where the user keeps the data. */
  readonly temporaryData?: string;
}

/** The files of a lab. */
export interface LabFiles {
  readonly folder: string;
  readonly state: string;
  readonly logs: string;
  /** Holds the data of labs that keep none. */
  readonly data: string;
  /** Its presence tells the owner that another process ends the lab. */
  readonly stopping: string;
  /** Held while a lab of this name is opened. */
  readonly lock: string;
  /** Unix socket of the process that has the lab; absent where the folder's path is too long for one. */
  readonly control?: string;
}

/** Characters that the path of a Unix socket may have on every system. */
const LONGEST_SOCKET_PATH = 103;

/** Where the files of the lab of that name lie. */
export function labFiles(name: string): LabFiles {
  const folder = join(stateDir(), name);
  const control = join(folder, 'control.sock');
  return {
    folder,
    state: join(folder, 'lab.json'),
    logs: join(folder, 'logs'),
    data: join(folder, 'data'),
    stopping: join(folder, 'stopping'),
    lock: join(folder, 'lock'),
    ...(control.length > LONGEST_SOCKET_PATH ? {} : { control }),
  };
}

/** The saved state; undefined where there is none. */
export function readState(name: string): LabState | undefined {
  const { state } = labFiles(name);
  return existsSync(state) ? (JSON.parse(readFileSync(state, 'utf8')) as LabState) : undefined;
}

/** Saves the state at once or not at all. */
export function writeState(state: LabState): void {
  const files = labFiles(state.name);
  mkdirSync(files.folder, { recursive: true });
  const temporary = `${files.state}.new`;
  writeFileSync(temporary, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(temporary, files.state);
}

/** Removes the state and the temporary data; the logs stay until the next lab of that name. */
export function removeState(state: Pick<LabState, 'name' | 'temporaryData'>): void {
  if (state.temporaryData) rmSync(state.temporaryData, { recursive: true, force: true });
  rmSync(labFiles(state.name).state, { force: true });
}

/** Whether any process of the lab still runs, or the one that brought it up. */
export function isRunning(state: LabState): boolean {
  return isAlive(state.owner) || state.processes.some(isAlive);
}
