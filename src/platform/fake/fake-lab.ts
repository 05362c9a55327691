/** A lab in memory: deployments, faults and routing behave as the contract says, and nothing is started. */
import type {
  Addresses,
  Component,
  Deployment,
  DeploymentSpec,
  Instance,
  Lab,
  LabEvent,
  LabSpec,
  RunSettings,
} from '../platform.ts';
import type { FakeServer } from './fake-server.ts';
import { startFakeServer } from './fake-server.ts';

/** What the labs of one platform share. */
export interface FakeSurroundings {
  /** What a program of the application answers at a path. */
  readonly answer: (path: string) => unknown;
  /** Receives paths and bodies that a registry was asked to change. */
  readonly registryChanges: string[];
  readonly listeners: Set<(event: LabEvent) => void>;
  readonly deployed: DeploymentSpec[];
  /** See `Lab.control`. */
  readonly control: string | undefined;
  /** Called once when the lab is taken down. */
  readonly ended: () => void;
}

interface FakeInstance {
  readonly name: string;
  readonly spec: DeploymentSpec;
  readonly server: FakeServer;
  id: string;
  restarts: number;
  paused: boolean;
}

interface FakeDeployment {
  spec: DeploymentSpec;
  instances: FakeInstance[];
}

/** A lab in memory that is up. */
export class FakeLab implements Lab {
  readonly platform = 'fake';
  readonly name: string;
  readonly run: RunSettings;
  readonly addresses: Addresses;
  readonly control?: string;
  readonly #surroundings: FakeSurroundings;
  readonly #servers: readonly FakeServer[];
  readonly #deployments = new Map<string, FakeDeployment>();
  readonly #components: Map<string, string>;
  #weights: ReadonlyMap<string, number> | undefined;
  #lastId = 0;
  #up = true;

  private constructor(
    spec: LabSpec,
    surroundings: FakeSurroundings,
    servers: readonly FakeServer[],
  ) {
    this.name = spec.name;
    this.run = spec.run;
    this.#surroundings = surroundings;
    this.#servers = servers;
    const [registry = '', rest = ''] = servers.map(({ url }) => url);
    const valkey = ['127.0.0.1:6379', '127.0.0.1:6380'] as const;
    if (surroundings.control !== undefined) this.control = surroundings.control;
    this.addresses = { bootstrap: '127.0.0.1:9092', registry, valkey, rest };
    const names = ['kafka-1', 'registry', 'valkey-back-end', 'valkey-stats'];
    this.#components = new Map(names.map((name) => [name, this.#nextId()]));
  }

  static async open(spec: LabSpec, surroundings: FakeSurroundings): Promise<FakeLab> {
    const read = (path: string): unknown => lab.#read(path);
    const servers = [
      await startFakeServer(() => ({}), surroundings.registryChanges),
      await startFakeServer(read, []),
    ];
    const lab = new FakeLab(spec, surroundings, servers);
    return lab;
  }

  async deploy(spec: DeploymentSpec, signal?: AbortSignal): Promise<Deployment> {
    if (!this.#up) throw stopped(this.name);
    signal?.throwIfAborted();
    this.#surroundings.deployed.push(spec);
    const known = this.#deployments.get(spec.name);
    const kept =
      known?.spec.version === spec.version ? known.instances.slice(0, spec.replicas) : [];
    const ordinals = Array.from({ length: spec.replicas }, (_, ordinal) => ordinal);
    const instances = await Promise.all(
      ordinals.map((ordinal) => kept[ordinal] ?? this.#start(spec, ordinal)),
    );
    if (!this.#up || signal?.aborted) {
      await endAll(instances.filter((each) => !kept.includes(each)));
      throw signal?.aborted ? signal.reason : stopped(this.name);
    }
    const deployment = { spec, instances };
    this.#deployments.set(spec.name, deployment);
    await endAll(known?.instances.filter((instance) => !instances.includes(instance)) ?? []);
    return describe(deployment);
  }

  async remove(deploymentName: string): Promise<void> {
    const deployment = this.#deployments.get(deploymentName);
    if (!deployment) throw unknown(deploymentName);
    this.#deployments.delete(deploymentName);
    await endAll(deployment.instances);
  }

  discard(deploymentName: string): Promise<void> {
    return this.remove(deploymentName);
  }

  async deployments(): Promise<readonly Deployment[]> {
    return [...this.#deployments.values()].map(describe);
  }

  async components(): Promise<readonly Component[]> {
    return [...this.#components].map(([name, id]) => ({ name, id, ready: true }));
  }

  async route(weights: Readonly<Record<string, number>>): Promise<void> {
    const stranger = Object.keys(weights).find((name) => !this.#deployments.has(name));
    if (stranger !== undefined) throw unknown(stranger);
    if (!Object.values(weights).some((weight) => weight > 0))
      throw new Error('At least one deployment must have a weight above 0');
    this.#weights = new Map(Object.entries(weights));
  }

  async kill(name: string): Promise<void> {
    if (this.#components.has(name)) this.#components.set(name, this.#nextId());
    else {
      const instance = this.#find(name);
      instance.restarts += 1;
      instance.id = this.#nextId();
    }
    for (const kind of ['ended', 'restarting', 'ready'] as const) this.#emit(kind, name);
  }

  async evict(instanceName: string): Promise<void> {
    this.#find(instanceName).id = this.#nextId();
  }

  async pause(instanceName: string): Promise<void> {
    this.#find(instanceName).paused = true;
  }

  async resume(instanceName: string): Promise<void> {
    this.#find(instanceName).paused = false;
  }

  onEvent(listener: (event: LabEvent) => void): () => void {
    this.#surroundings.listeners.add(listener);
    return () => void this.#surroundings.listeners.delete(listener);
  }

  async down(): Promise<void> {
    if (!this.#up) return;
    this.#up = false;
    const instances = this.#instances();
    this.#deployments.clear();
    await endAll(instances);
    await Promise.all(this.#servers.map((server) => server.close()));
    this.#surroundings.ended();
  }

  async #start(spec: DeploymentSpec, ordinal: number): Promise<FakeInstance> {
    const name = `${spec.name}-${ordinal}`;
    this.#emit('started', name);
    const server = await startFakeServer((path) => this.#answer(spec, path), []);
    return { name, spec, server, id: this.#nextId(), restarts: 0, paused: false };
  }

  #answer(spec: DeploymentSpec, path: string): unknown {
    return path === '/version' ? spec.version : this.#surroundings.answer(path);
  }

  /** What a reader gets: the answer of an instance that is chosen by weight. */
  #read(path: string): unknown {
    const ready = this.#instances().filter(({ spec, paused }) => spec.role === 'stats' && !paused);
    const shares = ready.map(({ spec }) => {
      const instances = ready.filter((each) => each.spec.name === spec.name).length;
      return this.#weights ? (this.#weights.get(spec.name) ?? 0) / instances : 1;
    });
    let left = Math.random() * shares.reduce((sum, share) => sum + share, 0);
    const chosen = ready.find((_, index) => {
      left -= shares[index] ?? 0;
      return left < 0;
    });
    return chosen && this.#answer(chosen.spec, path);
  }

  #instances(): readonly FakeInstance[] {
    return [...this.#deployments.values()].flatMap(({ instances }) => instances);
  }

  #find(name: string): FakeInstance {
    const found = this.#instances().find((instance) => instance.name === name);
    if (!found) throw unknown(name);
    return found;
  }

  #emit(kind: LabEvent['kind'], subject: string): void {
    const event: LabEvent = { atMs: Date.now(), kind, subject, detail: 'in memory' };
    for (const listener of this.#surroundings.listeners) listener(event);
  }

  #nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }
}

function describe({ spec, instances }: FakeDeployment): Deployment {
  return { spec, instances: instances.map(describeInstance) };
}

function describeInstance({ name, id, server, paused, restarts }: FakeInstance): Instance {
  return { name, id, url: server.url, ready: !paused, restarts };
}

async function endAll(instances: readonly FakeInstance[]): Promise<void> {
  await Promise.all(instances.map(({ server }) => server.close()));
}

function stopped(name: string): Error {
  return new Error(`The lab "${name}" was stopped`);
}

function unknown(name: string): Error {
  return new Error(`There is no "${name}" in this lab`);
}
