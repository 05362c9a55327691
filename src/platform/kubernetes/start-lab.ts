/** Brings a lab up in a namespace of its own. */
import type { LabSpec, Prerequisite, Progress } from '../platform.ts';
import { openAddresses } from './addresses.ts';
import { isNotFound } from './api-errors.ts';
import { applyAll } from './apply.ts';
import { reserveBrokerPorts } from './broker-ports.ts';
import type { Cluster } from './cluster.ts';
import { applyGateway, findGatewayClass, hasRoute, NO_GATEWAY } from './entrance.ts';
import { KubernetesError } from './errors.ts';
import type { Forwards } from './forwards.ts';
import { deleteNamespace } from './gone.ts';
import { KubernetesLab } from './lab.ts';
import type { LabManifests } from './lab-manifests.ts';
import { fitManifests } from './lab-manifests.ts';
import { LAB } from './labels.ts';
import type { Manifest } from './manifests.ts';
import { deployFolder, renderManifests } from './manifests.ts';
import { checkCluster } from './preflight.ts';
import type { Wanted } from './rollout.ts';
import { deployment, job, statefulSet, waitFor } from './rollout.ts';

/** Where a lab is to come up. */
export interface Place {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly forwards: Forwards;
  /** Base URL of the Gateway as seen from here, or {@link NO_GATEWAY}. */
  readonly gateway: string | undefined;
  /** The command that ends this lab. */
  readonly downCommand: string;
}

type ReportProgress = (progress: Progress) => void;

const OVERLAY = 'overlays/plain';

/** Brings a lab up; rejects, with the namespace removed again, where it does not come up. */
export async function startLab(
  place: Place,
  spec: LabSpec,
  progress: ReportProgress,
): Promise<KubernetesLab> {
  const { cluster, namespace, forwards } = place;
  refuseExternal(spec);
  await refuseTaken(place, spec.name);
  progress({ part: 'cluster', kind: 'step', message: `looking at ${cluster.context}` });
  refuseUnfit(await checkCluster(cluster, namespace, spec.brokers));
  const rendered = await renderManifests(deployFolder(OVERLAY));
  const startMs = Date.now();
  try {
    const { brokers } = spec;
    const externalPort = await reserveBrokerPorts({ namespace, forwards, brokers });
    const manifests = fitManifests(rendered, namespace, spec, externalPort);
    await startComponents(place, manifests, progress);
    const lab = await describeLab(place, spec, manifests, externalPort);
    const seconds = Math.round((Date.now() - startMs) / 1000);
    progress({ part: 'cluster', kind: 'done', message: `components are ready after ${seconds} s` });
    return lab;
  } catch (error) {
    place.forwards.closeAll();
    await deleteNamespace(cluster, namespace);
    throw error;
  }
}

async function startComponents(
  { cluster, namespace, gateway }: Place,
  manifests: LabManifests,
  progress: ReportProgress,
): Promise<void> {
  const gatewayClass = gateway === NO_GATEWAY ? undefined : await findGatewayClass(cluster);
  progress({ part: 'cluster', kind: 'step', message: `applying to the namespace ${namespace}` });
  await applyAll(cluster, [manifests.namespace]);
  await applyAll(cluster, manifests.components);
  if (gatewayClass && !(await applyGateway(cluster, namespace, gatewayClass))) {
    const message = 'another lab has the Gateway: readers come in by a port that leads to the pods';
    progress({ part: 'cluster', kind: 'step', message });
  }
  const wanted = manifests.components.flatMap((object) => wantedOf(cluster, namespace, object));
  await waitFor(cluster, namespace, wanted, (message) =>
    progress({ part: 'cluster', kind: 'step', message }),
  );
}

function wantedOf(cluster: Cluster, namespace: string, { kind, metadata }: Manifest): Wanted[] {
  if (kind === 'StatefulSet') return [statefulSet(cluster, namespace, metadata.name)];
  if (kind === 'Deployment') return [deployment(cluster, namespace, metadata.name)];
  return kind === 'Job' ? [job(cluster, namespace, metadata.name)] : [];
}

async function describeLab(
  { cluster, namespace, forwards, gateway }: Place,
  { name, run, brokers }: LabSpec,
  { application }: LabManifests,
  externalPort: number,
): Promise<KubernetesLab> {
  const weights = new Map<string, number>();
  const ways = { cluster, namespace, brokers, externalPort, forwards, gateway };
  const addresses = await openAddresses({
    ...ways,
    weights: async () => Object.fromEntries(weights),
  });
  // Who runs in the lab's own namespace has no say in where its readers go.
  const hasGateway = !cluster.inside && (await hasRoute(cluster, namespace));
  const parts = { cluster, namespace, forwards, name, run, addresses, application };
  return new KubernetesLab({ ...parts, hasGateway, weights });
}

function refuseExternal({ external, dataDir }: LabSpec): void {
  const given = Object.entries(external).filter(([, value]) => value !== undefined);
  const flags = [...given.map(([name]) => `--${name}`), ...(dataDir ? ['--data'] : [])];
  if (flags.length === 0) return;
  const message = `${flags.join(', ')}: not with --platform kubernetes, where the lab brings its own`;
  const mend = 'Mend: leave them out, or change the ConfigMap "components" in deploy/';
  throw new KubernetesError('UNSUPPORTED', `${message}. ${mend}`);
}

async function refuseTaken(place: Place, name: string): Promise<void> {
  const { cluster, namespace, downCommand } = place;
  const lab = await labIn(cluster, namespace);
  if (lab === undefined) return;
  if (lab === name) {
    const message = `a lab named ${name} is there already, in the namespace ${namespace}`;
    throw new KubernetesError('LAB_RUNNING', `${message}. Mend: ${downCommand}`);
  }
  const whose = lab === '' ? 'was not made by cutover' : `belongs to the lab ${lab}`;
  const message = `the namespace ${namespace} ${whose}. Mend: --namespace with another name`;
  throw new KubernetesError('NAMESPACE_TAKEN', message);
}

/** Name of the lab that a namespace belongs to, '' where it belongs to none; undefined where there is no such namespace. */
export async function labIn({ core }: Cluster, namespace: string): Promise<string | undefined> {
  try {
    const { metadata } = await core.readNamespace({ name: namespace });
    return metadata?.labels?.[LAB] ?? '';
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function refuseUnfit(prerequisites: readonly Prerequisite[]): void {
  const missing = prerequisites.filter(({ ok }) => !ok);
  if (missing.length === 0) return;
  const lines = missing.map(({ name, detail, mend }) => `${name}: ${detail}. Mend: ${mend}`);
  throw new KubernetesError('CLUSTER_REFUSED', lines.join('; '));
}
