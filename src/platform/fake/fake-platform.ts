/** A platform in memory for tests of whatever uses one: its programs answer over HTTP and start nothing. */

import type {
  Addresses,
  Capability,
  Deployment,
  DeploymentSpec,
  Lab,
  LabEvent,
  LabSpec,
  Platform,
  Prerequisite,
} from '../platform.ts';
import type { FakeServer } from './fake-server.ts';
import { startFakeServer } from './fake-server.ts';

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
}

/** A platform that keeps its labs in memory. */
export function createFakePlatform(behaviour: FakeBehaviour = {}): FakePlatform {
  const running = new Set<string>();
  const specs: LabSpec[] = [];
  const deployed: DeploymentSpec[] = [];
  const registryChanges: string[] = [];
  const listeners: ((event: LabEvent) => void)[] = [];
  const capabilities: ReadonlySet<Capability> = new Set(['three-brokers', 'external-components']);
  let records = 0;

  const emit = (event: LabEvent) => {
    for (const listener of listeners) listener(event);
  };
  const answer = (path: string): unknown => {
    if (path === '/assignment')
      return { skus: [0], acknowledged: { sku_000000: records }, complete: true };
    records += behaviour.recordsPerLook ?? 1_000;
    return { records };
  };

  const up = async (spec: LabSpec): Promise<Lab> => {
    specs.push(spec);
    if (behaviour.failure) throw behaviour.failure;
    running.add(spec.name);
    if (behaviour.hangs) await new Promise(() => undefined);
    const server = await startFakeServer(answer, registryChanges);
    const deployments: Deployment[] = [];
    const deploy = async (deployment: DeploymentSpec) => {
      deployed.push(deployment);
      emit({ atMs: Date.now(), kind: 'started', subject: deployment.name, detail: 'in memory' });
      const made = describeDeployment(deployment, server);
      deployments.push(made);
      return made;
    };
    return {
      name: spec.name,
      platform: 'fake',
      addresses: addressesOf(server),
      run: spec.run,
      deploy,
      remove: async () => undefined,
      deployments: async () => deployments,
      kill: async () => undefined,
      pause: async () => undefined,
      resume: async () => undefined,
      onEvent: (listener) => listeners.push(listener),
      down: async () => {
        running.delete(spec.name);
        await server.close();
      },
    };
  };

  return {
    name: 'fake',
    capabilities,
    running,
    specs,
    deployed,
    registryChanges,
    emit,
    doctor: async () => behaviour.prerequisites ?? [],
    up,
    find: async () => undefined,
    down: async (name) => (running.delete(name) ? 1 : 0),
  };
}

function describeDeployment(spec: DeploymentSpec, server: FakeServer): Deployment {
  const name = `${spec.name}-0`;
  return { spec, instances: [{ name, id: '1', url: server.url, ready: true, restarts: 0 }] };
}

function addressesOf(server: FakeServer): Addresses {
  return {
    bootstrap: '127.0.0.1:9092',
    registry: server.url,
    valkey: ['127.0.0.1:6379', '127.0.0.1:6380'],
  };
}
