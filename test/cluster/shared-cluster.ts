/** The cluster that tests of the lab use: the one that is up, else one of their own for as long as they run. */
import { delimiter, dirname } from 'node:path';
import type { Cluster, StartOptions } from './cluster.ts';
import { findCluster, startCluster } from './cluster.ts';
import { defaultName } from './layout.ts';
import type { Log } from './steps.ts';

/** A cluster to test on. */
export interface SharedCluster extends Cluster {
  /** Whether it was started for these tests. */
  readonly isOwn: boolean;
  /** Takes it down where it was started for these tests. */
  readonly leave: () => Promise<void>;
}

/** Finds a cluster that is up, or starts one; its nodes have the images of these archives. */
export async function shareCluster(
  log: Log,
  { images = [], signal }: Pick<StartOptions, 'images' | 'signal'> = {},
): Promise<SharedCluster> {
  const found = await findCluster(defaultName, log);
  if (found) {
    for (const archive of images) await found.loadImage(archive);
    return { ...found, isOwn: false, leave: async () => undefined };
  }
  const started = await startCluster({ log, images, ...(signal ? { signal } : {}) });
  return { ...started, isOwn: true, leave: started.down };
}

/** Has this process find the cluster as a user's does: by the kubeconfig in the environment and kubectl on the path. */
export function useCluster({ kubeconfig, kubectl }: Cluster): void {
  process.env.KUBECONFIG = kubeconfig;
  process.env.PATH = `${dirname(kubectl)}${delimiter}${process.env.PATH}`;
}
