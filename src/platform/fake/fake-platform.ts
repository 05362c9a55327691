/** A platform in memory for tests of whatever uses one: its programs answer over HTTP and start nothing. */

import type {
  Capability,
  DeploymentSpec,
  Lab,
  LabEvent,
  LabSpec,
  Platform,
  Prerequisite,
  RunningLab,
} from '../platform.ts';
import { FakeLab } from './fake-lab.ts';

/** What a fake platform does, and what was done to it. */
export interface FakePlatform extends Platform {
  /** Names of labs that are up. */
  readonly running: ReadonlySet<string>;
  readonly specs: readonly LabSpec[];
  readonly deployed: readonly DeploymentSpec[];
  /** Paths and bodies that the registry was asked to change. */
  readonly registryChanges: readonly string[];
  /** Lets something happen to the labs that are up. */
  emit(event: LabEvent): void;
}

/** How it is to behave. */
export interface FakeBehaviour {
  readonly prerequisites?: readonly Prerequisite[];
  /** Records counted in REST grow by this at each look. */
  readonly recordsPerLook?: number;
  /** `up` never comes to an end by itself. */
  readonly hangs?: boolean;
  /** Thrown by `up`. */
  readonly failure?: Error;
  /** Capabilities that it lacks. */
  readonly lacks?: readonly Capability[];
  /** Where each lab may take requests of other processes. */
  readonly control?: string;
}

const capabilities: readonly Capability[] = [
  'kill',
  'pause',
  'evict',
  'route',
  'three-brokers',
  'external-components',
];

/** A platform that keeps its labs in memory. */
export function createFakePlatform(behaviour: FakeBehaviour = {}): FakePlatform {
  const running = new Set<string>();
  const labs = new Map<string, FakeLab>();
  const specs: LabSpec[] = [];
  const deployed: DeploymentSpec[] = [];
  const registryChanges: string[] = [];
  const listeners = new Set<(event: LabEvent) => void>();
  let records = 0;

  const answer = (path: string): unknown => {
    if (path === '/assignment')
      return { skus: [0], acknowledged: { sku_000000: records }, complete: true };
    records += behaviour.recordsPerLook ?? 1_000;
    return { records };
  };

  const up = async (spec: LabSpec): Promise<Lab> => {
    specs.push(spec);
    if (behaviour.failure) throw behaviour.failure;
    if (running.has(spec.name))
      throw new Error(`A lab named "${spec.name}" is running already. Mend: cutover down`);
    running.add(spec.name);
    if (behaviour.hangs) await new Promise(() => undefined);
    const ended = (): void => {
      running.delete(spec.name);
      labs.delete(spec.name);
    };
    const { control } = behaviour;
    const surroundings = { answer, registryChanges, listeners, deployed, ended, control };
    const lab = await FakeLab.open(spec, surroundings);
    labs.set(spec.name, lab);
    return lab;
  };

  const find = async (name: string): Promise<RunningLab | undefined> => {
    const lab = labs.get(name);
    if (lab === undefined) return undefined;
    const { addresses, run, control } = lab;
    const deployments = await lab.deployments();
    return { name, addresses, run, deployments, ...(control === undefined ? {} : { control }) };
  };

  return {
    name: 'fake',
    capabilities: new Set(capabilities.filter((each) => !behaviour.lacks?.includes(each))),
    running,
    specs,
    deployed,
    registryChanges,
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    doctor: async () => behaviour.prerequisites ?? [],
    up,
    find,
    down: async (name) => (running.delete(name) ? 1 : 0),
  };
}
