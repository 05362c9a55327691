/** A running cluster, as tests and the command line hold it. */
import { existsSync } from 'node:fs';
import { prepareComponents } from './components/components.ts';
import { bringDown } from './down.ts';
import { ClusterError } from './errors.ts';
import type { Layout } from './layout.ts';
import { defaultName, layoutOf } from './layout.ts';
import { loadArchive } from './load.ts';
import { gatewayPort, nodeAddress } from './machine/network-plan.ts';
import { findMarked } from './machine/processes.ts';
import { restartNode, stopNode } from './node-life.ts';
import { readState } from './state-file.ts';
import type { Log } from './steps.ts';
import { bringUp } from './up.ts';

/** A cluster that is up. */
export interface Cluster {
  /** Path of the kubeconfig; its current context is `context`. */
  readonly kubeconfig: string;
  /** Name of the context, e.g. `cutover-test`. */
  readonly context: string;
  /** Where Gateways of the class `traefik` answer on port 80, from the machine itself. */
  readonly gatewayUrl: string;
  /** Path of the cluster's own kubectl. */
  readonly kubectl: string;
  /** Puts an image archive (OCI or Docker) onto every node, once, and answers the images' full names. */
  readonly loadImage: (path: string) => Promise<readonly string[]>;
  /** Ends a node at once, as when it loses its power; not the first, which holds the control plane. */
  readonly stopNode: (name: string) => Promise<void>;
  /** Starts a stopped node with the disk that it had. */
  readonly startNode: (name: string) => Promise<void>;
  /** Takes the cluster down; the machine is as it was. */
  readonly down: () => Promise<void>;
}

/** How to start a cluster. */
export interface StartOptions {
  /** Clusters of different names stand beside each other; `test` where not given. */
  readonly name?: string;
  /** 1 to 5; 2 where not given. */
  readonly nodes?: number;
  /** Archives of images that its nodes have from the beginning; unpacked once, and only linked at later starts. */
  readonly images?: readonly string[];
  /** Receives a line for each step. */
  readonly log?: Log;
  /** Keeps what a failed start left, to look at. */
  readonly retain?: boolean;
  /** Gives up the start when aborted. */
  readonly signal?: AbortSignal;
}

/** Starts a cluster, and takes it down again where the start fails. Throws `ALREADY_UP` where one of that name is there. */
export async function startCluster(options: StartOptions = {}): Promise<Cluster> {
  const { name = defaultName, nodes = 2, images = [], retain = false, signal } = options;
  const log = options.log ?? (() => undefined);
  const layout = layoutOf(name);
  await bringUp({ layout, nodes, images, log, retain, signal });
  return describeCluster(layout, log);
}

/** The cluster of that name where it is up; undefined where it is not. */
export async function findCluster(
  name: string = defaultName,
  log: Log = () => undefined,
): Promise<Cluster | undefined> {
  const layout = layoutOf(name);
  const state = readState(layout);
  if (state?.phase !== 'up' || findMarked(state.token).length === 0) return undefined;
  return describeCluster(layout, log);
}

async function describeCluster(layout: Layout, log: Log): Promise<Cluster> {
  const state = readState(layout);
  if (!state || !existsSync(layout.kubeconfig)) {
    throw new ClusterError(
      'NOT_UP',
      `no cluster ${layout.name} is up. Mend: npm run cluster -- up`,
    );
  }
  const { kubernetes } = await prepareComponents(log, undefined);
  return {
    kubeconfig: layout.kubeconfig,
    context: layout.context,
    gatewayUrl: `http://${nodeAddress(state.slot, 1)}:${gatewayPort}`,
    kubectl: `${kubernetes}/kubectl`,
    loadImage: (path) => loadArchive(layout, path, log),
    stopNode: (node) => stopNode(layout, node, log),
    startNode: (node) => restartNode(layout, node, log),
    down: () => bringDown(layout, log),
  };
}
