/** The deployments of a lab: brings the running processes to what a specification asks for, one change at a time. */
import { isDeepStrictEqual } from 'node:util';
import type { Deployment, DeploymentSpec, Instance } from '../platform.ts';
import { LocalError } from './errors.ts';
import type { SupervisedProcess } from './process/supervised.ts';

/** Makes the process of one instance, not yet started. */
export type MakeInstance = (
  name: string,
  spec: DeploymentSpec,
  wishedPort: number,
) => SupervisedProcess;

interface Slot {
  readonly process: SupervisedProcess;
  readonly spec: DeploymentSpec;
}

interface Running {
  spec: DeploymentSpec;
  readonly slots: Map<number, Slot>;
}

/** The deployments of one lab. */
export class Deployments {
  readonly #make: MakeInstance;
  readonly #changed: () => void;
  readonly #running = new Map<string, Running>();
  readonly #queues = new Map<string, Promise<unknown>>();

  /** @param changed called after each change of what {@link list} answers */
  constructor(make: MakeInstance, changed: () => void) {
    this.#make = make;
    this.#changed = changed;
  }

  /** Starts or changes a deployment; changes of one deployment wait for each other. */
  deploy(spec: DeploymentSpec): Promise<Deployment> {
    return this.#inTurn(spec.name, async () => {
      const known = this.#running.get(spec.name);
      const running = known ?? { spec, slots: new Map<number, Slot>() };
      this.#running.set(spec.name, running);
      running.spec = spec;
      try {
        await this.#reconcile(running);
      } catch (error) {
        if (!known) await this.#end(spec.name, running);
        throw error;
      } finally {
        this.#changed();
      }
      return describe(running);
    });
  }

  /** Stops a deployment; an unknown one is an error. */
  remove(name: string): Promise<void> {
    return this.#inTurn(name, async () => {
      const running = this.#running.get(name);
      if (!running)
        throw new LocalError('INSTANCE_UNKNOWN', `There is no deployment "${name}" in this lab`);
      await this.#end(name, running);
      this.#changed();
    });
  }

  /** Stops every process at once, also those that are just being started. */
  async end(): Promise<void> {
    await Promise.all([...this.#running].map(([name, running]) => this.#end(name, running)));
  }

  list(): readonly Deployment[] {
    return [...this.#running.values()].map(describe);
  }

  /** The process of an instance; undefined where there is none of that name. */
  find(instanceName: string): SupervisedProcess | undefined {
    return [...this.#running.values()]
      .flatMap(({ slots }) => [...slots.values()])
      .find(({ process }) => process.name === instanceName)?.process;
  }

  async #reconcile(running: Running): Promise<void> {
    const { spec, slots } = running;
    const surplus = [...slots].filter(([ordinal]) => ordinal >= spec.replicas);
    const wanted = Array.from({ length: spec.replicas }, (_, ordinal) => ordinal);
    const absent = wanted.filter((ordinal) => slots.get(ordinal)?.process.gaveUp ?? true);
    await Promise.all(surplus.map(([ordinal]) => this.#stop(running, ordinal)));
    await allStarted(
      absent.map((ordinal) => this.#start(running, ordinal, wishedPort(spec, ordinal))),
    );
    for (const ordinal of wanted) {
      const slot = slots.get(ordinal);
      if (slot && !sameProgram(slot.spec, spec)) await this.#replace(running, ordinal, slot);
    }
  }

  async #replace(running: Running, ordinal: number, old: Slot): Promise<void> {
    const port = portOf(old.process.address) ?? wishedPort(running.spec, ordinal);
    if (running.spec.role === 'stats') {
      // Readers are served all the time: the old one ends when the new one is ready.
      await this.#start(running, ordinal, port);
      await old.process.stop();
    } else {
      await this.#stop(running, ordinal);
      await this.#start(running, ordinal, port);
    }
  }

  /** Starts the instance of an ordinal; where another one has the name, it keeps it until the new one is ready. */
  async #start(running: Running, ordinal: number, port: number): Promise<void> {
    const { spec, slots } = running;
    const slot = { spec, process: this.#make(`${spec.name}-${ordinal}`, spec, port) };
    const old = slots.get(ordinal);
    slots.set(ordinal, slot);
    try {
      await slot.process.start();
    } catch (error) {
      if (old) slots.set(ordinal, old);
      else slots.delete(ordinal);
      throw error;
    }
    this.#changed();
  }

  async #stop(running: Running, ordinal: number): Promise<void> {
    const slot = running.slots.get(ordinal);
    running.slots.delete(ordinal);
    await slot?.process.stop();
  }

  async #end(name: string, running: Running): Promise<void> {
    await Promise.all([...running.slots.keys()].map((ordinal) => this.#stop(running, ordinal)));
    this.#running.delete(name);
  }

  #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(name) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#queues.set(name, turn);
    return turn;
  }
}

/** Waits for all and rejects with the first failure, so that no start is left on its own. */
async function allStarted(starts: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(starts)) {
    if (result.status === 'rejected') throw result.reason;
  }
}

function sameProgram(a: DeploymentSpec, b: DeploymentSpec): boolean {
  return a.version === b.version && a.role === b.role && isDeepStrictEqual(a.env, b.env);
}

function wishedPort(spec: DeploymentSpec, ordinal: number): number {
  return ordinal === 0 ? (spec.preferredPort ?? 0) : 0;
}

function portOf(url: string): number | undefined {
  return url === '' ? undefined : Number(new URL(url).port);
}

function describe({ spec, slots }: Running): Deployment {
  const ordered = [...slots].sort(([a], [b]) => a - b).map(([, { process }]) => process);
  return { spec, instances: ordered.map(describeInstance) };
}

function describeInstance(process: SupervisedProcess): Instance {
  const { name, pid, address, ready, restarts } = process;
  return { name, id: String(pid), url: address, ready, restarts };
}
