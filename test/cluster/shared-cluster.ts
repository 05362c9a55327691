/** The cluster that tests of the lab use: the one that is up, else one of their own for as long as they run. */
import { delimiter, dirname } from 'node:path';
import type { Cluster } from './cluster.ts';
import { findCluster, startCluster } from './cluster.ts';
import type { Log } from './steps.ts';

/** A cluster to test on. */
export interface SharedCluster extends Cluster {
  /** Whether it was started for these tests. */
  readonly isOwn: boolean;
  /** Takes it down where it was started for these tests. */
  readonly leave: () => Promise<void>;
}

/** Finds a cluster that is up, or starts one. */
export async function shareCluster(log: Log, signal?: AbortSignal): Promise<SharedCluster> {
  const found = await findCluster();
  if (found) return { ...found, isOwn: false, leave: async () => undefined };
  const started = await startCluster({ log, ...(signal ? { signal } : {}) });
  return { ...started, isOwn: true, leave: started.down };
}

/** Has this process find the cluster as a user's does: by the kubeconfig in the environment and kubectl on the path. */
export function useCluster({ kubeconfig, kubectl }: Cluster): void {
  process.env.KUBECONFIG = kubeconfig;
  process.env.PATH = `${dirname(kubectl)}${delimiter}${process.env.PATH}`;
}
