/** Puts the lab's images onto a cluster's nodes; one that is there already is not loaded again. */
import { basename, dirname } from 'node:path';
import { buildImages } from '../../images/build-images.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { kubectlOf } from '../cluster/kubernetes/kubectl.ts';
import type { Log } from '../cluster/steps.ts';

/** Which archive of an image the nodes have; it lives and dies with the cluster. */
const annotationOf = (name: string): string => `cutover-image/${name}`;

/** Builds the named images where they are not built yet, and loads them, e.g. `app-v1`, `kafka`. */
export async function loadLabImages(
  cluster: Cluster,
  names: readonly string[],
  log: Log,
): Promise<void> {
  const kubectl = kubectlOf(dirname(cluster.kubectl), cluster.kubeconfig);
  const nodes = JSON.parse(await kubectl(['get', 'nodes', '-o', 'json'])) as {
    items: { metadata: { annotations: Record<string, string> } }[];
  };
  for (const { name, archive } of await buildImages(names, log)) {
    const file = basename(archive);
    const key = annotationOf(name);
    if (nodes.items.every(({ metadata }) => metadata.annotations[key] === file)) continue;
    await cluster.loadImage(archive);
    await kubectl(['annotate', 'nodes', '--all', '--overwrite', `${key}=${file}`]);
  }
}
