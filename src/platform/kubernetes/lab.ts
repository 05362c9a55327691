/** A lab on a cluster: components and deployments in a namespace of its own. */
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import type {
  Addresses,
  Component,
  Deployment,
  DeploymentSpec,
  Lab,
  LabEvent,
  RunSettings,
} from '../platform.ts';
import { isNotFound } from './api-errors.ts';
import { applyAll, deleteOne } from './apply.ts';
import type { Cluster } from './cluster.ts';
import { listComponents } from './components.ts';
import { describeDeployments } from './describe.ts';
import { applyRoute, REST_ROLE } from './entrance.ts';
import { KubernetesError } from './errors.ts';
import type { Forwards } from './forwards.ts';
import { deleteNamespace, killPods, untilPodsAreGone } from './gone.ts';
import { currentPods, numberPods } from './instances.ts';
import type { LabManifests } from './lab-manifests.ts';
import { fitProgram } from './lab-manifests.ts';
import { NAME } from './labels.ts';
import { writeNumbers } from './numbers.ts';
import { listPods, nameOf, ofDeployment } from './pods.ts';
import { programChange } from './program.ts';
import { deployment as rolledOut, waitFor } from './rollout.ts';
import { signalProgram } from './signals.ts';
import type { Watch } from './watch.ts';
import { watchLab } from './watch.ts';

/** What a lab is made of. */
export interface LabParts {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly name: string;
  readonly run: RunSettings;
  readonly addresses: Addresses;
  readonly application: LabManifests['application'];
  readonly forwards: Forwards;
  /** Whether a Gateway shares readers out; else `weights` alone does, see `pickPod`. */
  readonly hasGateway: boolean;
  /** Share of each `stats` deployment, for the way in that has no Gateway. */
  readonly weights: Map<string, number>;
}

/** A lab that is up. */
export class KubernetesLab implements Lab {
  readonly platform = 'kubernetes';
  readonly name: string;
  readonly addresses: Addresses;
  readonly run: RunSettings;
  readonly #parts: LabParts;
  readonly #listeners = new Set<(event: LabEvent) => void>();
  readonly #watch: Watch;
  #routed = false;
  #ended: Promise<void> | undefined;

  constructor(parts: LabParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.run = parts.run;
    this.addresses = parts.addresses;
    this.#watch = watchLab(parts.cluster, parts.namespace, (kind, subject, detail) =>
      this.#emit(kind, subject, detail),
    );
  }

  async deploy(spec: DeploymentSpec): Promise<Deployment> {
    const { cluster, namespace, application } = this.#parts;
    if (this.#ended) throw new KubernetesError('LAB_STOPPED', `the lab ${this.name} is stopped`);
    const isNew = (await this.#find(spec.name)) === undefined;
    const templates = application.get(spec.role) ?? [];
    const change = programChange(spec, this.run);
    this.#emit('started', spec.name, `${spec.version}, ${spec.replicas} replicas`);
    try {
      await applyAll(cluster, fitProgram(templates, spec.name, change));
      await waitFor(cluster, namespace, [rolledOut(cluster, namespace, spec.name)]);
    } catch (error) {
      if (isNew) {
        await this.#deleteProgram(spec.name);
        await this.#deleteService(spec.name);
      }
      throw error;
    }
    await writeNumbers(cluster, namespace, spec.name);
    if (spec.role === REST_ROLE && !this.#routed) await this.#shareEqually();
    const found = (await this.deployments()).find((each) => each.spec.name === spec.name);
    if (!found) throw new KubernetesError('NOT_READY', `deployment ${spec.name} is gone again`);
    for (const { name, url } of found.instances) this.#emit('ready', name, url);
    return found;
  }

  remove(name: string): Promise<void> {
    return this.#takeAway(name, untilPodsAreGone);
  }

  discard(name: string): Promise<void> {
    return this.#takeAway(name, killPods);
  }

  async #takeAway(name: string, ended: typeof untilPodsAreGone): Promise<void> {
    const { cluster, namespace } = this.#parts;
    const found = await this.#find(name);
    if (!found) throw unknown('deployment', name);
    const pods = ofDeployment(await listPods(cluster, namespace), name).map(nameOf);
    await this.#deleteProgram(name);
    await ended(cluster, namespace, name);
    // Last: a Gateway that hears of it before it hears of new weights answers everybody with 500.
    await this.#deleteService(name);
    for (const pod of pods) this.#parts.forwards.close(pod);
    if (found.metadata?.labels?.[NAME] === REST_ROLE && !this.#routed) await this.#shareEqually();
  }

  async deployments(): Promise<readonly Deployment[]> {
    const { cluster, namespace, forwards } = this.#parts;
    return describeDeployments(cluster, namespace, forwards);
  }

  async components(): Promise<readonly Component[]> {
    const { cluster, namespace } = this.#parts;
    return (await listComponents(cluster, namespace)).map(({ component }) => component);
  }

  async route(weights: Readonly<Record<string, number>>): Promise<void> {
    const known = (await this.deployments()).filter(({ spec }) => spec.role === REST_ROLE);
    for (const name of Object.keys(weights)) {
      if (!known.some(({ spec }) => spec.name === name)) throw unknown('deployment', name);
    }
    if (!Object.values(weights).some((weight) => weight > 0)) {
      throw new KubernetesError('UNSUPPORTED', 'one of the weights must be above 0');
    }
    this.#routed = true;
    await this.#share(weights);
  }

  async kill(name: string): Promise<void> {
    const { cluster, namespace } = this.#parts;
    const component = (await listComponents(cluster, namespace)).find(
      (each) => each.component.name === name,
    );
    if (component) {
      const { pod } = component;
      await cluster.core.deleteNamespacedPod({ namespace, name: pod, gracePeriodSeconds: 0 });
    } else {
      await this.#signal(name, 'SIGKILL');
    }
  }

  pause(name: string): Promise<void> {
    return this.#signal(name, 'SIGSTOP');
  }

  resume(name: string): Promise<void> {
    return this.#signal(name, 'SIGCONT');
  }

  async evict(name: string): Promise<void> {
    const { cluster, namespace } = this.#parts;
    const pod = nameOf((await this.#instance(name)).pod);
    const body = { metadata: { name: pod, namespace } };
    await cluster.core.createNamespacedPodEviction({ name: pod, namespace, body });
  }

  onEvent(listener: (event: LabEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  down(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    const { cluster, namespace, forwards } = this.#parts;
    this.#watch.stop();
    forwards.closeAll();
    await deleteNamespace(cluster, namespace);
  }

  #emit(kind: LabEvent['kind'], subject: string, detail: string): void {
    for (const listener of this.#listeners) listener({ atMs: Date.now(), kind, subject, detail });
    if (kind === 'stopped') {
      this.#watch.stop();
      this.#ended ??= Promise.resolve(this.#parts.forwards.closeAll());
    }
  }

  async #find(name: string): Promise<V1Deployment | undefined> {
    const { cluster, namespace } = this.#parts;
    try {
      return await cluster.apps.readNamespacedDeployment({ namespace, name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #deleteProgram(name: string): Promise<void> {
    const { cluster, namespace } = this.#parts;
    const metadata = { name, namespace };
    await deleteOne(cluster, { apiVersion: 'apps/v1', kind: 'Deployment', metadata });
  }

  async #deleteService(name: string): Promise<void> {
    const { cluster, namespace } = this.#parts;
    await deleteOne(cluster, { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace } });
  }

  async #shareEqually(): Promise<void> {
    const stats = (await this.deployments()).filter(({ spec }) => spec.role === REST_ROLE);
    await this.#share(Object.fromEntries(stats.map(({ spec }) => [spec.name, spec.replicas])));
  }

  async #share(weights: Readonly<Record<string, number>>): Promise<void> {
    const { cluster, namespace, hasGateway } = this.#parts;
    this.#parts.weights.clear();
    for (const [name, weight] of Object.entries(weights)) this.#parts.weights.set(name, weight);
    if (hasGateway) await applyRoute(cluster, namespace, weights);
  }

  async #signal(name: string, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const { cluster, namespace } = this.#parts;
    const { pod } = await this.#instance(name);
    const container = pod.spec?.containers[0]?.name ?? '';
    await signalProgram(cluster, namespace, nameOf(pod), container, signal);
  }

  async #instance(name: string): Promise<{ readonly pod: V1Pod }> {
    const { cluster, namespace } = this.#parts;
    const at = name.lastIndexOf('-');
    const pods = ofDeployment(await listPods(cluster, namespace), name.slice(0, at));
    const found = currentPods(numberPods(pods)).find(
      ({ ordinal }) => String(ordinal) === name.slice(at + 1),
    );
    if (!found) throw unknown('instance', name);
    return found;
  }
}

function unknown(what: string, name: string): KubernetesError {
  return new KubernetesError('INSTANCE_UNKNOWN', `There is no ${what} "${name}" in this lab`);
}
