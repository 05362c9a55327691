/** The Kubernetes platform: the lab in a namespace of a cluster that the user named. */
import type { LabSpec, Platform, Prerequisite, Progress, RunningLab } from '../platform.ts';
import { openAddresses } from './addresses.ts';
import { isNotFound, messageOf } from './api-errors.ts';
import { externalPortOf } from './broker-ports.ts';
import type { Cluster } from './cluster.ts';
import { openCluster } from './cluster.ts';
import { describeDeployments } from './describe.ts';
import { KubernetesError } from './errors.ts';
import type { Forwards } from './forwards.ts';
import { openForwards } from './forwards.ts';
import { deleteNamespace } from './gone.ts';
import { readRun } from './lab-manifests.ts';
import { LAB_CONFIG } from './labels.ts';
import { listPods } from './pods.ts';
import { checkCluster } from './preflight.ts';
import { labIn, startLab } from './start-lab.ts';

/** Which cluster, and where in it. */
export interface KubernetesPlatformOptions {
  /** Name of a context in the kubeconfig; none is used unasked. */
  readonly context?: string | undefined;
  /** Default: `cutover`, and `cutover-<name>` for labs of another name than `default`. */
  readonly namespace?: string | undefined;
  /** Base URL of the Gateway as seen from here, where its own status does not tell; `none` leaves it alone, and readers come in by a port. */
  readonly gateway?: string | undefined;
}

/** The Kubernetes platform; nothing is asked of the cluster before it is used. */
export function createKubernetesPlatform(options: KubernetesPlatformOptions = {}): Platform {
  let opened: Cluster | undefined;
  const forwardsOf = new Map<string, Forwards>();
  const cluster = (): Cluster => {
    opened ??= openCluster(options.context);
    return opened;
  };
  const namespaceOf = (lab: string) =>
    options.namespace ?? (lab === 'default' ? 'cutover' : `cutover-${lab}`);
  const forwards = (namespace: string): Forwards => {
    const known = forwardsOf.get(namespace) ?? openForwards(cluster(), namespace);
    forwardsOf.set(namespace, known);
    return known;
  };

  async function up(spec: LabSpec, progress: (progress: Progress) => void) {
    const namespace = namespaceOf(spec.name);
    return startLab(
      {
        ...{ cluster: cluster(), namespace, gateway: options.gateway },
        forwards: forwards(namespace),
        downCommand: downCommand(options, spec.name),
      },
      spec,
      progress,
    );
  }

  async function find(labName: string): Promise<RunningLab | undefined> {
    const namespace = namespaceOf(labName);
    const lab = await labIn(cluster(), namespace);
    // One that GitOps made carries no name.
    if (lab === undefined || (lab !== labName && lab !== '')) return undefined;
    return describeRunning(cluster(), namespace, labName, forwards(namespace), options.gateway);
  }

  async function down(labName: string): Promise<number> {
    const namespace = namespaceOf(labName);
    const lab = await labIn(cluster(), namespace);
    if (lab === undefined) return 0;
    if (lab !== labName) {
      const message = `the namespace ${namespace} was not made by a lab named ${labName}`;
      const mend = `Mend: remove it with what made it, or kubectl delete namespace ${namespace}`;
      throw new KubernetesError('NAMESPACE_TAKEN', `${message}. ${mend}`);
    }
    const pods = await listPods(cluster(), namespace);
    forwards(namespace).closeAll();
    await deleteNamespace(cluster(), namespace);
    return pods.length;
  }

  return {
    name: 'kubernetes',
    capabilities: new Set(['kill', 'pause', 'evict', 'route', 'three-brokers'] as const),
    doctor: () => checkAll(cluster, namespaceOf('default')),
    up,
    find,
    down,
  };
}

function downCommand({ context, namespace }: KubernetesPlatformOptions, name: string): string {
  const flags = [
    ...(name === 'default' ? [] : ['--name', name]),
    ...(context === undefined ? [] : ['--context', context]),
    ...(namespace === undefined ? [] : ['--namespace', namespace]),
  ];
  return ['npx cutover down --platform kubernetes', ...flags].join(' ');
}

const MOST_BROKERS = 3;

async function checkAll(
  cluster: () => Cluster,
  namespace: string,
): Promise<readonly Prerequisite[]> {
  try {
    return await checkCluster(cluster(), namespace, MOST_BROKERS);
  } catch (error) {
    const [detail = '', mend] = messageOf(error).split('. Mend: ');
    return [{ name: 'cluster', ok: false, detail, mend: mend ?? 'kubectl config get-contexts' }];
  }
}

async function describeRunning(
  cluster: Cluster,
  namespace: string,
  name: string,
  forwards: Forwards,
  gateway: string | undefined,
): Promise<RunningLab | undefined> {
  try {
    const { data = {} } = await cluster.core.readNamespacedConfigMap({
      namespace,
      name: LAB_CONFIG,
    });
    const kafka = await cluster.apps.readNamespacedStatefulSet({ namespace, name: 'kafka' });
    const deployments = await describeDeployments(cluster, namespace, forwards);
    const stats = deployments.filter(({ spec }) => spec.role === 'stats');
    const weights = Object.fromEntries(stats.map(({ spec }) => [spec.name, spec.replicas]));
    const brokers = kafka.spec?.replicas ?? MOST_BROKERS;
    const externalPort = externalPortOf(kafka);
    const ways = { cluster, namespace, brokers, externalPort, forwards, gateway };
    const addresses = await openAddresses({ ...ways, weights: async () => weights });
    return { name, addresses, run: readRun(data), deployments };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
