/** The cluster that tests of the lab use: the one that is up, else one of their own for as long as they run. */
import type { Cluster } from './cluster.ts';
import { findCluster, startCluster } from './cluster.ts';
import type { Log } from './steps.ts';

/** A cluster to test on. */
export interface SharedCluster extends Cluster {
  /** Takes the cluster down where it was started for these tests. */
  readonly leave: () => Promise<void>;
}

/** Finds a cluster that is up, or starts one. */
export async function shareCluster(log: Log): Promise<SharedCluster> {
  const found = await findCluster();
  if (found) return { ...found, leave: async () => undefined };
  const started = await startCluster({ log });
  return { ...started, leave: started.down };
}
