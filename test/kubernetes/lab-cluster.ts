/** A cluster whose nodes have images of the lab. */
import { buildImages } from '../../images/build-images.ts';
import type { SharedCluster } from '../cluster/shared-cluster.ts';
import { shareCluster } from '../cluster/shared-cluster.ts';
import type { Log } from '../cluster/steps.ts';

/** As `shareCluster`, with the named images, e.g. `app-v1`, `kafka`; they are built first where they are not built yet. */
export async function shareLabCluster(
  names: readonly string[],
  log: Log,
  signal?: AbortSignal,
): Promise<SharedCluster> {
  const images = (await buildImages(names, log)).map(({ archive }) => archive);
  return shareCluster(log, { images, ...(signal ? { signal } : {}) });
}
