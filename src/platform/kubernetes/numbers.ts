/** Keeps the numbers of a deployment's instances on their pods. */
import { PatchStrategy } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { numberPods, storedOrdinal } from './instances.ts';
import { ORDINAL } from './labels.ts';
import { listPods, nameOf, ofDeployment } from './pods.ts';

/** Pods with the highest cost go last when a deployment shrinks. */
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const HIGHEST_COST = 1_000;

/** Writes the numbers of a deployment's pods down, and that the lowest are to stay when it shrinks. */
export async function writeNumbers(
  cluster: Cluster,
  namespace: string,
  deployment: string,
): Promise<void> {
  const pods = ofDeployment(await listPods(cluster, namespace), deployment);
  for (const { ordinal, pod } of numberPods(pods)) {
    if (storedOrdinal(pod) !== undefined) continue;
    const annotations = {
      [ORDINAL]: String(ordinal),
      [DELETION_COST]: String(HIGHEST_COST - ordinal),
    };
    const metadata = { name: nameOf(pod), namespace, annotations };
    const patch = { apiVersion: 'v1', kind: 'Pod', metadata };
    const { MergePatch } = PatchStrategy;
    await cluster.objects.patch(patch, undefined, undefined, undefined, undefined, MergePatch);
  }
}
