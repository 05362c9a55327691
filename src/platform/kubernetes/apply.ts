/** Applies objects server-side, so that what others set on them stays. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { PatchStrategy } from '@kubernetes/client-node';
import { isNotFound, messageOf } from './api-errors.ts';
import type { Cluster } from './cluster.ts';
import { KubernetesError } from './errors.ts';
import type { Manifest } from './manifests.ts';

const MANAGER = 'cutover';

/** Applies objects one after the other; throws `KubernetesError` naming every one that the API server refuses. */
export async function applyAll(cluster: Cluster, objects: readonly Manifest[]): Promise<void> {
  const refused: string[] = [];
  for (const object of objects) {
    try {
      await applyOne(cluster, object);
    } catch (error) {
      refused.push(`${object.kind} ${object.metadata.name}: ${messageOf(error)}`);
    }
  }
  if (refused.length === 0) return;
  throw new KubernetesError('CLUSTER_REFUSED', `the cluster refuses ${refused.join('; ')}`);
}

async function applyOne({ objects }: Cluster, object: Manifest): Promise<void> {
  const strategy = PatchStrategy.ServerSideApply;
  await objects.patch(object, undefined, undefined, MANAGER, true, strategy);
}

/** Deletes an object; one that is not there is fine. */
export async function deleteOne(
  { objects }: Cluster,
  object: Pick<Manifest, 'apiVersion' | 'kind' | 'metadata'>,
  propagation: 'Background' | 'Foreground' = 'Background',
): Promise<void> {
  try {
    const target = object as KubernetesObject;
    await objects.delete(target, undefined, undefined, undefined, undefined, propagation);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
