/** The deployments of a lab: brings the running processes to what a specification asks for, one change at a time. */
import { isDeepStrictEqual } from 'node:util';
import type { Deployment, DeploymentSpec, Instance } from '../platform.ts';
import { LocalError } from './errors.ts';
import type { SupervisedProcess } from './process/supervised.ts';

/** Makes the process of one instance, not yet started. */
export type MakeInstance = (name: string, spec: DeploymentSpec) => SupervisedProcess;

/** What the deployments tell their lab. */
export interface DeploymentHooks {
  /** Called after each change of what {@link Deployments.list} answers. */
  readonly changed: () => void;
  /** Awaited before a process is stopped that is not listed any more; readers may still be with it. */
  readonly retired: (process: SupervisedProcess) => Promise<void>;
}

interface Slot {
  readonly process: SupervisedProcess;
  readonly spec: DeploymentSpec;
}

interface Running {
  spec: DeploymentSpec;
  readonly slots: Map<number, Slot>;
  /** About to take an instance's place, or just replaced in it. */
  readonly unlisted: Set<SupervisedProcess>;
  /** Not ready yet. */
  readonly starting: Set<SupervisedProcess>;
  /** Of the change under way. */
  signal: AbortSignal | undefined;
}

/** The deployments of one lab. */
export class Deployments {
  readonly #make: MakeInstance;
  readonly #hooks: DeploymentHooks;
  readonly #running = new Map<string, Running>();
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(make: MakeInstance, hooks: DeploymentHooks) {
    this.#make = make;
    this.#hooks = hooks;
  }

  /** Starts or changes a deployment; changes of one deployment wait for each other. What is just being started ends when the signal is aborted. */
  deploy(spec: DeploymentSpec, signal?: AbortSignal): Promise<Deployment> {
    return this.#inTurn(spec.name, async () => {
      signal?.throwIfAborted();
      const known = this.#running.get(spec.name);
      const running = known ?? nothingOf(spec);
      this.#running.set(spec.name, running);
      Object.assign(running, { spec, signal });
      const letGo = () => void Promise.all([...running.starting].map((each) => each.stop()));
      signal?.addEventListener('abort', letGo, { once: true });
      try {
        await this.#reconcile(running);
        signal?.throwIfAborted();
      } catch (error) {
        if (!known) await this.#end(spec.name, running);
        throw signal?.aborted ? signal.reason : error;
      } finally {
        signal?.removeEventListener('abort', letGo);
        this.#hooks.changed();
      }
      return describe(running);
    });
  }

  /** Stops a deployment; an unknown one is an error. */
  remove(name: string): Promise<void> {
    return this.#takeAway(name, (running) => this.#end(name, running));
  }

  /** Kills the processes of a deployment; an unknown one is an error. */
  discard(name: string): Promise<void> {
    return this.#takeAway(name, async ({ slots, unlisted }) => {
      const processes = [...unlisted, ...[...slots.values()].map(({ process }) => process)];
      await Promise.all(processes.map((process) => process.stop(0)));
      this.#running.delete(name);
    });
  }

  /** Stops every process at once, also those that are just being started. */
  async end(): Promise<void> {
    await Promise.all([...this.#running].map(([name, running]) => this.#end(name, running)));
  }

  list(): readonly Deployment[] {
    return [...this.#running.values()].map(describe);
  }

  /** The processes of a role that answer, by their deployment's name. */
  serving(role: DeploymentSpec['role']): readonly { deployment: string; url: string }[] {
    return [...this.#running.values()].flatMap(({ slots }) =>
      [...slots.values()]
        .filter(({ spec, process }) => spec.role === role && process.ready)
        .map(({ spec, process }) => ({ deployment: spec.name, url: process.address })),
    );
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
    await allStarted(absent.map((ordinal) => this.#start(running, ordinal)));
    for (const ordinal of wanted) {
      const slot = slots.get(ordinal);
      if (slot && !sameProgram(slot.spec, spec)) await this.#replace(running, ordinal, slot);
    }
  }

  async #replace(running: Running, ordinal: number, old: Slot): Promise<void> {
    if (running.spec.role === 'stats') {
      // Readers are served all the time: the old one ends when the new one is ready.
      await this.#start(running, ordinal);
      await this.#retire(running, old.process);
    } else {
      await this.#stop(running, ordinal);
      await this.#start(running, ordinal);
    }
  }

  /** Starts the instance of an ordinal; where another one has the name, it keeps it until the new one is ready. */
  async #start(running: Running, ordinal: number): Promise<void> {
    const { spec, slots, unlisted, starting, signal } = running;
    signal?.throwIfAborted();
    const slot = { spec, process: this.#make(`${spec.name}-${ordinal}`, spec) };
    const isFirst = !slots.has(ordinal);
    if (isFirst) slots.set(ordinal, slot);
    else unlisted.add(slot.process);
    starting.add(slot.process);
    try {
      await slot.process.start();
    } catch (error) {
      if (isFirst) slots.delete(ordinal);
      throw error;
    } finally {
      unlisted.delete(slot.process);
      starting.delete(slot.process);
    }
    slots.set(ordinal, slot);
    this.#hooks.changed();
  }

  async #stop(running: Running, ordinal: number): Promise<void> {
    const slot = running.slots.get(ordinal);
    running.slots.delete(ordinal);
    if (slot) await this.#retire(running, slot.process);
  }

  async #retire({ unlisted }: Running, process: SupervisedProcess): Promise<void> {
    unlisted.add(process);
    await this.#hooks.retired(process);
    await process.stop();
    unlisted.delete(process);
  }

  async #end(name: string, running: Running): Promise<void> {
    const { slots, unlisted } = running;
    await Promise.all([
      ...[...unlisted].map((process) => process.stop()),
      ...[...slots.keys()].map((ordinal) => this.#stop(running, ordinal)),
    ]);
    this.#running.delete(name);
  }

  #takeAway(name: string, end: (running: Running) => Promise<void>): Promise<void> {
    return this.#inTurn(name, async () => {
      const running = this.#running.get(name);
      if (!running)
        throw new LocalError('INSTANCE_UNKNOWN', `There is no deployment "${name}" in this lab`);
      await end(running);
      this.#hooks.changed();
    });
  }

  #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(name) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#queues.set(name, turn);
    return turn;
  }
}

function nothingOf(spec: DeploymentSpec): Running {
  const [unlisted, starting] = [new Set<SupervisedProcess>(), new Set<SupervisedProcess>()];
  return { spec, slots: new Map(), unlisted, starting, signal: undefined };
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

function describe({ spec, slots }: Running): Deployment {
  const ordered = [...slots].sort(([a], [b]) => a - b).map(([, { process }]) => process);
  return { spec, instances: ordered.map(describeInstance) };
}

function describeInstance(process: SupervisedProcess): Instance {
  const { name, pid, address, ready, restarts } = process;
  return { name, id: String(pid), url: address, ready, restarts };
}
