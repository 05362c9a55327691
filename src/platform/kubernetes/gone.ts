/** Removes what a lab made, and waits until it is gone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isNotFound } from './api-errors.ts';
import { deleteOne } from './apply.ts';
import type { Cluster } from './cluster.ts';
import { KubernetesError } from './errors.ts';
import { INSTANCE } from './labels.ts';

const LIMIT_MS = 180_000;
/** What holds a namespace's contents longer is told by the namespace itself. */
const CONTENTS_LIMIT_MS = 30_000;
const POLL_MS = 250;

/** Resolves when a deployment, which is gone, has no pods any more. */
export async function untilPodsAreGone(
  { core }: Cluster,
  namespace: string,
  deployment: string,
): Promise<void> {
  const isGone = await withinLimit(async () => {
    const { items } = await core.listNamespacedPod({ namespace, ...podsOf(deployment) });
    return items.length === 0;
  });
  if (isGone) return;
  throw new KubernetesError('NOT_READY', `pods do not end: those of ${deployment}`);
}

/** As {@link untilPodsAreGone}, without an orderly end: a pod of the Summary Stats UI waits 5 s for readers that may still come. */
export async function killPods(
  cluster: Cluster,
  namespace: string,
  deployment: string,
): Promise<void> {
  const now = { namespace, gracePeriodSeconds: 0, ...podsOf(deployment) };
  await cluster.core.deleteCollectionNamespacedPod(now);
  await untilPodsAreGone(cluster, namespace, deployment);
}

function podsOf(deployment: string): { readonly labelSelector: string } {
  return { labelSelector: `${INSTANCE}=${deployment}` };
}

/** Removes a lab's namespace with everything in it; resolves when it is gone. */
export async function deleteNamespace(cluster: Cluster, namespace: string): Promise<void> {
  await deleteContents(cluster, namespace);
  await deleteOne(cluster, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const isGone = await withinLimit(async () => {
    try {
      await cluster.core.readNamespace({ name: namespace });
      return false;
    } catch (error) {
      if (isNotFound(error)) return true;
      throw error;
    }
  });
  if (isGone) return;
  const mend = `Mend: see what holds it with kubectl get namespace ${namespace} -o yaml`;
  throw new KubernetesError('NOT_READY', `the namespace ${namespace} does not end. ${mend}`);
}

/** Empties it first: a namespace that finds pods or volumes when it ends looks again only after many seconds. */
async function deleteContents({ apps, batch, core }: Cluster, namespace: string): Promise<void> {
  await Promise.all([
    apps.deleteCollectionNamespacedDeployment({ namespace }),
    apps.deleteCollectionNamespacedStatefulSet({ namespace }),
    batch.deleteCollectionNamespacedJob({ namespace, propagationPolicy: 'Background' }),
    core.deleteCollectionNamespacedPersistentVolumeClaim({ namespace }),
  ]);
  await withinLimit(async () => {
    // Data that is thrown away needs no orderly end; a controller that has not seen the end of its workload makes pods anew.
    await core.deleteCollectionNamespacedPod({ namespace, gracePeriodSeconds: 0 });
    const [pods, claims] = await Promise.all([
      core.listNamespacedPod({ namespace }),
      core.listNamespacedPersistentVolumeClaim({ namespace }),
    ]);
    return pods.items.length === 0 && claims.items.length === 0;
  }, CONTENTS_LIMIT_MS);
}

/** Asks again and again; answers whether it came to be true in time. */
async function withinLimit(isDone: () => Promise<boolean>, limitMs = LIMIT_MS): Promise<boolean> {
  const endMs = Date.now() + limitMs;
  while (Date.now() < endMs) {
    if (await isDone()) return true;
    await sleep(POLL_MS);
  }
  return false;
}
