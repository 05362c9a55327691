/** A lab on the local platform: components as child processes, deployments as groups of them. */
import { join } from 'node:path';
import type {
  Addresses,
  Component,
  Deployment,
  DeploymentSpec,
  Lab,
  LabEvent,
  LabSpec,
  RunSettings,
} from '../platform.ts';
import type { ComponentAddresses } from './components/start-components.ts';
import { Deployments } from './deployments.ts';
import { checkWeights } from './entrance/check-weights.ts';
import type { Entrance } from './entrance/entrance.ts';
import { LocalError } from './errors.ts';
import type { Programs } from './instance.ts';
import { ensureReady, explainEnd, instanceLaunch } from './instance.ts';
import { SupervisedProcess } from './process/supervised.ts';
import type { Session } from './session.ts';

const readyLimitMs = 60_000;
const graceMs = 10_000;

/** What a lab is made of. */
export interface LabParts {
  readonly session: Session;
  readonly spec: LabSpec;
  readonly addresses: ComponentAddresses;
  readonly components: readonly SupervisedProcess[];
  readonly entrance: Entrance;
  readonly programs: Programs;
}

/** A lab that is up. */
export class LocalLab implements Lab {
  readonly platform = 'local';
  readonly name: string;
  readonly addresses: Addresses;
  readonly run: RunSettings;
  readonly control?: string;
  readonly #parts: LabParts;
  readonly #deployments: Deployments;
  #ended: Promise<void> | undefined;

  constructor(parts: LabParts) {
    const { session, spec, entrance } = parts;
    this.name = spec.name;
    this.run = spec.run;
    this.addresses = { ...parts.addresses, rest: entrance.url };
    const { control } = session.files;
    if (control !== undefined) this.control = control;
    this.#parts = parts;
    this.#deployments = new Deployments(
      (name, deployment) => this.#makeInstance(name, deployment),
      {
        changed: () => session.save(),
        retired: ({ address }) => entrance.drained(address),
      },
    );
    entrance.serveFrom(() => this.#deployments.serving('stats'));
    session.describe(this.addresses, () => this.#deployments.list());
    session.onStoppedFromElsewhere(() => void this.#endFromElsewhere());
  }

  async deploy(spec: DeploymentSpec, signal?: AbortSignal): Promise<Deployment> {
    this.#parts.session.ensureOpen();
    return this.#deployments.deploy(spec, signal);
  }

  remove(deploymentName: string): Promise<void> {
    return this.#deployments.remove(deploymentName);
  }

  discard(deploymentName: string): Promise<void> {
    return this.#deployments.discard(deploymentName);
  }

  deployments(): Promise<readonly Deployment[]> {
    return withReadiness(this.#deployments.list());
  }

  components(): Promise<readonly Component[]> {
    return Promise.all(
      this.#parts.components.map(async (component) => ({
        name: component.name,
        id: String(component.pid),
        ready: await component.answers(),
      })),
    );
  }

  async route(weights: Readonly<Record<string, number>>): Promise<void> {
    const readable = this.#deployments.list().filter(({ spec }) => spec.role === 'stats');
    checkWeights(
      weights,
      readable.map(({ spec }) => spec.name),
    );
    this.#parts.entrance.route(weights);
  }

  async kill(name: string): Promise<void> {
    this.#find(name).signal('SIGKILL');
  }

  async evict(instanceName: string): Promise<void> {
    throw new LocalError(
      'NOT_CAPABLE',
      `The local platform cannot evict ${instanceName}: there is one machine only. Mend: kill it, or use --platform kubernetes`,
    );
  }

  async pause(instanceName: string): Promise<void> {
    this.#find(instanceName).signal('SIGSTOP');
  }

  async resume(instanceName: string): Promise<void> {
    this.#find(instanceName).signal('SIGCONT');
  }

  onEvent(listener: (event: LabEvent) => void): () => void {
    return this.#parts.session.onEvent(listener);
  }

  down(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    const { session, components, entrance } = this.#parts;
    session.beginClose();
    await entrance.close();
    await this.#deployments.end();
    // Data that is thrown away needs no orderly end.
    const componentGraceMs = session.temporary ? 0 : graceMs;
    await Promise.all(components.map((component) => component.stop(componentGraceMs)));
    await session.close();
  }

  async #endFromElsewhere(): Promise<void> {
    if (this.#ended) return;
    this.#parts.session.emit('stopped', this.name, 'the lab was stopped by another process');
    await this.down();
  }

  #find(name: string): SupervisedProcess {
    const found =
      this.#deployments.find(name) ??
      this.#parts.components.find((component) => component.name === name);
    if (found) return found;
    throw new LocalError('INSTANCE_UNKNOWN', `There is no instance "${name}" in this lab`);
  }

  #makeInstance(name: string, spec: DeploymentSpec): SupervisedProcess {
    const { session, addresses, programs } = this.#parts;
    const logFile = join(session.files.logs, `${name}.log`);
    const settings = { name, spec, addresses, run: this.run, programs, logFile };
    const instance: SupervisedProcess = new SupervisedProcess({
      name,
      logFile,
      readyLimitMs,
      graceMs,
      launch: async () => {
        // Once it has a port, it comes back there after a restart.
        const port = instance.address === '' ? 0 : Number(new URL(instance.address).port);
        const isOurs = port !== 0 && (await session.ports.claim(port));
        return instanceLaunch(settings, isOurs ? port : 0);
      },
      explain: explainEnd,
      emit: (kind, subject, detail) => session.emit(kind, subject, detail),
      born: (identity) => session.born(name, 'instance', identity),
      gone: (identity) => session.gone(identity),
      isStopping: () => session.isStopping(),
    });
    return instance;
  }
}

/** Deployments with what each instance's /readyz answers now. */
export function withReadiness(deployments: readonly Deployment[]): Promise<readonly Deployment[]> {
  return Promise.all(
    deployments.map(async (deployment) => {
      const instances = deployment.instances.map(async (instance) => {
        const ready = instance.ready && (await answersReady(instance.url));
        return { ...instance, ready };
      });
      return { ...deployment, instances: await Promise.all(instances) };
    }),
  );
}

function answersReady(url: string): Promise<boolean> {
  return ensureReady(url).then(
    () => true,
    () => false,
  );
}
