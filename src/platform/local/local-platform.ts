/** The embedded local platform: real Kafka, schema registry and Valkey as child processes on the loopback interface. */
import { rmSync, writeFileSync } from 'node:fs';
import type { LabSpec, Platform, Progress, RunningLab } from '../platform.ts';
import { checkPrerequisites } from './doctor.ts';
import type { Programs } from './instance.ts';
import { applicationPrograms } from './instance.ts';
import { withReadiness } from './lab.ts';
import { endProcesses } from './process/end-processes.ts';
import { isAlive } from './process/identity.ts';
import { startLab } from './start-lab.ts';
import type { LabProcess } from './state-file.ts';
import { isRunning, labFiles, readState, removeState } from './state-file.ts';

/** What may be replaced, for tests. */
export interface LocalPlatformOptions {
  /** The program of each role; default: the application under test. */
  readonly programs?: Programs;
}

const instanceGraceMs = 5_000;
const componentGraceMs = 10_000;

/** The local platform. */
export function createLocalPlatform(options: LocalPlatformOptions = {}): Platform {
  const programs = options.programs ?? applicationPrograms;
  return {
    name: 'local',
    capabilities: new Set([
      'kill',
      'pause',
      'route',
      'three-brokers',
      'external-components',
    ] as const),
    doctor: (spec) => checkPrerequisites(spec?.external ?? {}),
    up: (spec: LabSpec, progress: (progress: Progress) => void) =>
      startLab(spec, programs, progress),
    find,
    down,
  };
}

async function find(labName: string): Promise<RunningLab | undefined> {
  const state = readState(labName);
  // A lab that is still coming up has no addresses yet.
  if (!state?.addresses.bootstrap || !isRunning(state)) return undefined;
  const { name, addresses, run } = state;
  const { control } = labFiles(name);
  const deployments = await withReadiness(state.deployments);
  return { name, addresses, run, deployments, ...(control === undefined ? {} : { control }) };
}

/** Ends the instances first, while the components still answer them. */
async function down(labName: string): Promise<number> {
  const state = readState(labName);
  if (!state) return 0;
  const files = labFiles(labName);
  writeFileSync(files.stopping, '');
  const running = state.processes.filter(isAlive);
  const ofKind = (kind: LabProcess['kind']): readonly LabProcess[] =>
    running.filter((process) => process.kind === kind);
  await endProcesses(ofKind('instance'), instanceGraceMs);
  const graceMs = state.temporaryData === undefined ? componentGraceMs : 0;
  await endProcesses(ofKind('component'), graceMs);
  removeState(state);
  // The owner removes the sign once it has seen it.
  if (!isAlive(state.owner)) rmSync(files.stopping, { force: true });
  return running.length;
}
