/** Where readers come in: the Gateway where the cluster has one that answers here, else a port that leads to the pods by weight. */
import type { Role } from '../platform.ts';
import { isNotFound } from './api-errors.ts';
import { applyAll, deleteOne } from './apply.ts';
import type { Cluster } from './cluster.ts';
import type { Manifest } from './manifests.ts';
import { deployFolder, renderManifests } from './manifests.ts';
import { isReady, listPods, nameOf, ofDeployment } from './pods.ts';

const GROUP = 'gateway.networking.k8s.io';
const API_VERSION = 'v1';
/** Name of a lab's Gateway, see `deploy/base/gateway/`. */
const GATEWAY = 'cutover';
/** Said where the Gateway is to be left alone. */
export const NO_GATEWAY = 'none';
const ANSWER_MS = 2_000;
export const REST_ROLE: Role = 'stats';

/** Share of each `stats` deployment. */
export type Weights = Readonly<Record<string, number>>;

/** Name of a gateway class that the cluster accepts; undefined where it has none, or no Gateway API. */
export async function findGatewayClass({ custom }: Cluster): Promise<string | undefined> {
  try {
    const listed = (await custom.listClusterCustomObject({
      group: GROUP,
      version: API_VERSION,
      plural: 'gatewayclasses',
    })) as { items: GatewayClass[] };
    return listed.items.find(isAccepted)?.metadata.name;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

interface GatewayClass {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { type: string; status: string }[] };
}

function isAccepted({ status }: GatewayClass): boolean {
  return (
    status?.conditions?.some((each) => each.type === 'Accepted' && each.status === 'True') ?? false
  );
}

/** Makes the Gateway and claims its requests, which are shared out with the first weights. Answers false and leaves neither where another lab has them: not every implementation leaves those to the older route, as it should (Traefik 3.5 does not). */
export async function applyGateway(
  cluster: Cluster,
  namespace: string,
  gatewayClass: string,
): Promise<boolean> {
  if (await isTaken(cluster.custom, namespace)) return false;
  const objects = (await gatewayObjects(namespace)).filter(({ kind }) =>
    ['Gateway', 'HTTPRoute'].includes(kind),
  );
  for (const object of objects)
    if (object.kind === 'Gateway') object.spec.gatewayClassName = gatewayClass;
  await applyAll(cluster, objects);
  // Of two labs that start at the same time both may have found it free.
  if (!(await isTaken(cluster.custom, namespace))) return true;
  for (const object of objects) await deleteOne(cluster, object);
  return false;
}

/** Whether a lab has a route for its readers. */
export async function hasRoute({ custom }: Cluster, namespace: string): Promise<boolean> {
  return (await listRoutes(custom)).some(({ metadata }) => metadata.namespace === namespace);
}

/** Shares readers out among Services of that name. */
export async function applyRoute(
  cluster: Cluster,
  namespace: string,
  weights: Weights,
): Promise<void> {
  const [route] = (await gatewayObjects(namespace)).filter(({ kind }) => kind === 'HTTPRoute');
  if (!route) throw new Error('deploy/base/gateway has no HTTPRoute');
  route.spec.rules[0].backendRefs = Object.entries(weights).map(([name, weight]) => ({
    ...{ name, weight, port: 8080 },
  }));
  await applyAll(cluster, [route]);
}

let rendered: Promise<Manifest[]> | undefined;

async function gatewayObjects(namespace: string): Promise<Manifest[]> {
  rendered ??= renderManifests(deployFolder('base/gateway'));
  const objects = structuredClone(await rendered);
  for (const object of objects) object.metadata.namespace = namespace;
  return objects;
}

/** Base URL of the Gateway as it answers here; undefined where it does not, or not for this namespace. */
export async function gatewayUrl(
  cluster: Cluster,
  namespace: string,
  known: string | undefined,
): Promise<string | undefined> {
  if (known === NO_GATEWAY) return undefined;
  // Who runs in the lab's own namespace may not read what is in others.
  if (!cluster.inside) {
    if (!(await hasRoute(cluster, namespace))) return undefined;
    if (await isTaken(cluster.custom, namespace)) return undefined;
  }
  const candidates = known ? [known] : await publishedUrls(cluster.custom, namespace);
  for (const url of candidates) if (await answers(url)) return url;
  return undefined;
}

interface Route {
  readonly metadata: { readonly namespace: string; readonly creationTimestamp: string };
  readonly spec: {
    readonly hostnames?: readonly string[];
    readonly parentRefs?: readonly { readonly name: string }[];
  };
}

/** Whether another lab's route has all requests: of two that ask for the same the older one gets them, of two of one second the first by name (Gateway API, HTTPRoute). */
async function isTaken(custom: Cluster['custom'], namespace: string): Promise<boolean> {
  const routes = await listRoutes(custom);
  const rank = ({ metadata }: Route) => `${metadata.creationTimestamp} ${metadata.namespace}`;
  const own = routes.find(({ metadata }) => metadata.namespace === namespace);
  return routes.some(
    (route) =>
      route.metadata.namespace !== namespace &&
      route.spec.parentRefs?.some(({ name }) => name === GATEWAY) &&
      (route.spec.hostnames ?? []).length === 0 &&
      (own === undefined || rank(route) < rank(own)),
  );
}

async function listRoutes(custom: Cluster['custom']): Promise<readonly Route[]> {
  try {
    const listed = (await custom.listClusterCustomObject({
      ...{ group: GROUP, version: API_VERSION, plural: 'httproutes' },
    })) as { items: Route[] };
    return listed.items;
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

async function publishedUrls(custom: Cluster['custom'], namespace: string): Promise<string[]> {
  try {
    const gateway = (await custom.getNamespacedCustomObject({
      ...{ group: GROUP, version: API_VERSION, plural: 'gateways' },
      ...{ namespace, name: GATEWAY },
    })) as {
      spec: { listeners: { port: number }[] };
      status?: { addresses?: { value: string }[] };
    };
    const port = gateway.spec.listeners[0]?.port ?? 80;
    return (gateway.status?.addresses ?? []).map(({ value }) => `http://${value}:${port}`);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

/** Whatever the answer is, somebody is there. */
async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) })).arrayBuffer();
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** A ready pod, the deployments' turns by weight; throws where none is ready. */
export async function pickPod(
  cluster: Cluster,
  namespace: string,
  weights: Weights,
): Promise<string> {
  const pods = (await listPods(cluster, namespace)).filter(isReady);
  const choices = Object.entries(weights)
    .map(([name, weight]) => ({ weight, pods: ofDeployment(pods, name) }))
    .filter((choice) => choice.weight > 0 && choice.pods.length > 0);
  let left = Math.random() * choices.reduce((sum, { weight }) => sum + weight, 0);
  const chosen = choices.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  const pod = chosen?.pods[Math.floor(Math.random() * chosen.pods.length)];
  if (!pod) throw new Error('no instance is ready');
  return nameOf(pod);
}
