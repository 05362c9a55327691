/** Checks everything that a lab needs of a cluster, and says how to mend what is missing. */
import { AuthorizationV1Api } from '@kubernetes/client-node';
import { quantityToScalar } from '@kubernetes/client-node/dist/util.js';
import type { Prerequisite } from '../platform.ts';
import { messageOf } from './api-errors.ts';
import type { Cluster } from './cluster.ts';
import { findGatewayClass } from './entrance.ts';
import type { Manifest } from './manifests.ts';
import { deployFolder, findRenderer, renderManifests } from './manifests.ts';

const LIMIT_MS = 10_000;
const MB = 1024 * 1024;

/** What the lab does in the cluster beyond reading. */
const DEEDS: readonly { verb: string; group: string; resource: string; subresource?: string }[] = [
  { verb: 'create', group: '', resource: 'namespaces' },
  { verb: 'delete', group: '', resource: 'namespaces' },
  { verb: 'patch', group: 'apps', resource: 'deployments' },
  { verb: 'create', group: '', resource: 'pods', subresource: 'exec' },
  { verb: 'create', group: '', resource: 'pods', subresource: 'portforward' },
];

/** Every prerequisite, all at once; of a cluster that does not answer only that. */
export async function checkCluster(
  cluster: Cluster,
  namespace: string,
  brokers: number,
): Promise<readonly Prerequisite[]> {
  const [manifests, answer] = await Promise.all([checkRenderer(), checkAnswer(cluster)]);
  if (!answer.ok) return [manifests, answer];
  return [
    manifests,
    answer,
    ...(await Promise.all([
      guarded('rights', () => checkRights(cluster, namespace)),
      guarded('storage', () => checkStorage(cluster)),
      guarded('memory', () => checkMemory(cluster, brokers)),
      guarded('gateway', () => checkGateway(cluster)),
    ])),
  ];
}

async function guarded(name: string, check: () => Promise<Prerequisite>): Promise<Prerequisite> {
  try {
    return await check();
  } catch (error) {
    const mend = 'kubectl auth whoami, then ask for the right to read this';
    return { name, ok: false, detail: `cannot be checked: ${messageOf(error)}`, mend };
  }
}

async function checkRenderer(): Promise<Prerequisite> {
  try {
    const { program, args } = await findRenderer();
    return { name: 'kustomize', ok: true, detail: [program, ...args].join(' ') };
  } catch (error) {
    const mend = 'install kubectl: https://kubernetes.io/docs/tasks/tools';
    return { name: 'kustomize', ok: false, detail: messageOf(error), mend };
  }
}

async function checkAnswer({ version, context, config }: Cluster): Promise<Prerequisite> {
  const server = config.getCurrentCluster()?.server ?? 'no server';
  try {
    const { gitVersion } = await withLimit(version.getCode());
    return { name: 'cluster', ok: true, detail: `${context} at ${server}, ${gitVersion}` };
  } catch (error) {
    const detail = `${context} at ${server} does not answer: ${messageOf(error)}`;
    return { name: 'cluster', ok: false, detail, mend: `kubectl --context ${context} version` };
  }
}

function withLimit<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`no answer within ${LIMIT_MS / 1000} s`)),
    LIMIT_MS,
  );
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

async function checkRights({ config }: Cluster, namespace: string): Promise<Prerequisite> {
  const api = config.makeApiClient(AuthorizationV1Api);
  const missing: string[] = [];
  for (const { verb, group, resource, subresource } of DEEDS) {
    const place = resource === 'namespaces' ? {} : { namespace };
    const resourceAttributes = {
      verb,
      group,
      resource,
      ...(subresource ? { subresource } : {}),
      ...place,
    };
    const body = { spec: { resourceAttributes } };
    const { status } = await api.createSelfSubjectAccessReview({ body });
    if (!status?.allowed)
      missing.push(`${verb} ${[resource, subresource].filter(Boolean).join('/')}`);
  }
  if (missing.length === 0)
    return { name: 'rights', ok: true, detail: `may run a lab in ${namespace}` };
  const detail = `may not: ${missing.join(', ')} (namespace ${namespace})`;
  return {
    name: 'rights',
    ok: false,
    detail,
    mend: 'ask the administrator of the cluster for a role that may',
  };
}

async function checkStorage({ storage }: Cluster): Promise<Prerequisite> {
  const { items } = await storage.listStorageClass();
  const standard = items.find(
    ({ metadata }) =>
      metadata?.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true',
  );
  if (standard)
    return { name: 'storage', ok: true, detail: `default class ${standard.metadata?.name}` };
  const [other] = items;
  const mend = other
    ? `kubectl patch storageclass ${other.metadata?.name} -p '{"metadata":{"annotations":{"storageclass.kubernetes.io/is-default-class":"true"}}}'`
    : 'microk8s enable hostpath-storage, or install a provisioner';
  return {
    name: 'storage',
    ok: false,
    detail: 'there is no default StorageClass; Kafka needs volumes',
    mend,
  };
}

async function checkMemory(cluster: Cluster, brokers: number): Promise<Prerequisite> {
  const [free, needed] = await Promise.all([freeMemory(cluster), neededMemory(brokers)]);
  const detail = `${Math.round(free / MB)} MiB free on all nodes together, a lab asks for ${Math.round(needed / MB)} MiB`;
  if (free >= needed) return { name: 'memory', ok: true, detail };
  return {
    name: 'memory',
    ok: false,
    detail,
    mend: 'give the nodes more memory, or use --brokers 1',
  };
}

/** What nodes can give, less what their pods ask for, in bytes. */
async function freeMemory({ core }: Cluster): Promise<number> {
  const [nodes, pods] = await Promise.all([core.listNode(), core.listPodForAllNamespaces()]);
  const usable = nodes.items.filter(({ spec }) => !spec?.unschedulable);
  const given = usable.reduce((sum, { status }) => sum + bytesOf(status?.allocatable?.memory), 0);
  const running = pods.items.filter(
    ({ status }) => !['Succeeded', 'Failed'].includes(status?.phase ?? ''),
  );
  const asked = running.flatMap(({ spec }) => spec?.containers ?? []);
  return asked.reduce((rest, { resources }) => rest - bytesOf(resources?.requests?.memory), given);
}

/** What the workloads of a lab ask for, in bytes; each program of the application once. */
async function neededMemory(brokers: number): Promise<number> {
  const objects = await renderManifests(deployFolder('overlays/plain'));
  const workloads = objects.filter(({ kind }) => ['StatefulSet', 'Deployment'].includes(kind));
  return workloads.reduce(
    (sum, object) => sum + replicasOf(object, brokers) * requestOf(object),
    0,
  );
}

function replicasOf({ kind, metadata }: Manifest, brokers: number): number {
  return kind === 'StatefulSet' && metadata.name === 'kafka' ? brokers : 1;
}

function requestOf({ spec }: Manifest): number {
  const containers: { resources?: { requests?: { memory?: string } } }[] =
    spec.template.spec.containers;
  return containers.reduce((sum, { resources }) => sum + bytesOf(resources?.requests?.memory), 0);
}

function bytesOf(quantity: string | undefined): number {
  return quantity === undefined ? 0 : Number(quantityToScalar(quantity));
}

async function checkGateway(cluster: Cluster): Promise<Prerequisite> {
  const found = await findGatewayClass(cluster);
  const detail = found
    ? `class ${found} of the Gateway API`
    : 'no Gateway API: readers come in by port-forward, and share out by connection';
  return { name: 'gateway', ok: true, detail };
}
