/** Where a cluster keeps its files and what it calls things on the machine: all of it follows from its name. */
import { join } from 'node:path';
import { cacheDir } from '../../src/platform/local/paths.ts';

/** Name of the cluster that is meant where none is given. */
export const defaultName = 'test';

/** Longest name: the kernel takes interface names up to 15 characters. */
export const namePattern = /^[a-z][a-z0-9]{0,6}$/;

/** Names and paths of one cluster. */
export interface Layout {
  readonly name: string;
  /** Of the kubeconfig, e.g. `cutover-test`. */
  readonly context: string;
  /** Everything that this cluster writes; gone after `down`. */
  readonly folder: string;
  readonly kubeconfig: string;
  readonly stateFile: string;
  readonly lockFile: string;
  readonly certificates: string;
  readonly logs: string;
  /** The only network interface that the machine itself gets. */
  readonly hostLink: string;
  /** Below the root of every cgroup hierarchy. */
  readonly cgroup: string;
}

/** The layout of the cluster of that name. */
export function layoutOf(name: string): Layout {
  const folder = join(clusterCache(), name === defaultName ? 'run' : `run-${name}`);
  return {
    name,
    context: `cutover-${name}`,
    folder,
    kubeconfig: join(folder, 'kubeconfig'),
    stateFile: join(folder, 'state.json'),
    lockFile: `${folder}.lock`,
    certificates: join(folder, 'certificates'),
    logs: join(folder, 'logs'),
    hostLink: `cutover-${name}`,
    cgroup: `cutover-${name}`,
  };
}

/** Folder of built programs and images, and of the clusters' own folders. */
export function clusterCache(): string {
  return join(cacheDir(), 'cluster');
}
