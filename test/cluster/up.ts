/** Brings a cluster up: the whole course, step by step. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Components } from './components/components.ts';
import { builtPrograms, prepareComponents } from './components/components.ts';
import { undo, whileLocked } from './down.ts';
import { ClusterError } from './errors.ts';
import { identifyArchive, linkImages } from './image-store.ts';
import { applyAddons, awaitAddons } from './kubernetes/addons.ts';
import { makeCertificates } from './kubernetes/certificates.ts';
import { apiServer, controllers } from './kubernetes/control-plane.ts';
import { writeKubeconfig } from './kubernetes/kubeconfig.ts';
import type { Kubectl } from './kubernetes/kubectl.ts';
import { kubectlOf } from './kubernetes/kubectl.ts';
import { pathOutside, startContainerd, withContainerdOn } from './kubernetes/node.ts';
import { containerdRoot } from './kubernetes/node-config.ts';
import type { Layout } from './layout.ts';
import { importImages } from './load.ts';
import { startInside } from './machine/namespaces.ts';
import { findSlot } from './machine/network.ts';
import { nodeAddress } from './machine/network-plan.ts';
import { findMarked } from './machine/processes.ts';
import type { Node } from './node-life.ts';
import { makeNodes, startNode } from './node-life.ts';
import { requireMachine } from './requirements.ts';
import type { ClusterState } from './state-file.ts';
import { readState, writeState } from './state-file.ts';
import type { Log } from './steps.ts';
import { step } from './steps.ts';
import { waitUntil } from './wait-until.ts';

/** What is to be brought up. */
export interface UpRequest {
  readonly layout: Layout;
  readonly nodes: number;
  /** Archives of images that the nodes have from the beginning, beside the cluster's own. */
  readonly images: readonly string[];
  readonly log: Log;
  readonly retain: boolean;
  readonly signal: AbortSignal | undefined;
}

/** All that the steps share. */
interface Course extends UpRequest {
  readonly components: Components;
  readonly state: ClusterState;
  readonly kubectl: Kubectl;
}

/** Seconds after which pods leave a node that is lost; Kubernetes' own is 300. */
const tolerationSeconds = 10;

/** Brings the cluster up; a start that fails is undone, or kept with `retain`. */
export async function bringUp(request: UpRequest): Promise<void> {
  const { layout, log, retain, signal } = request;
  requireMachine(builtPrograms);
  const components = await prepareComponents(log, signal);
  await whileLocked(layout, async () => {
    await dealWithLeftOver(layout, log);
    try {
      await run(request, components);
    } catch (error) {
      if (retain) log(`kept as it is: ${layout.folder}. To remove it: npm run cluster -- down`);
      else await undo(layout, log);
      throw error;
    }
  });
}

/** What still runs is refused; what a machine that was switched off left of a cluster is cleared away. */
async function dealWithLeftOver(layout: Layout, log: Log): Promise<void> {
  const state = readState(layout);
  if (!state) return;
  const name = layout.name;
  const mend = `Mend: npm run cluster -- down --name ${name}`;
  if (findMarked(state.token).length === 0) {
    log(`nothing runs any more of a cluster ${name} of ${state.startedAt}: clearing it away`);
    await undo(layout, log);
    return;
  }
  if (state.phase === 'up') {
    throw new ClusterError('ALREADY_UP', `a cluster ${name} is there. ${mend}`);
  }
  const message = `a start of the cluster ${name} did not come to its end. ${mend}`;
  throw new ClusterError('LEFT_OVER', message);
}

async function run(request: UpRequest, components: Components): Promise<void> {
  const { layout, log, nodes: count } = request;
  const state = await recordStart(request);
  const kubectl = kubectlOf(components.kubernetes, layout.kubeconfig);
  const course: Course = { ...request, components, state, kubectl };
  await step(log, 'make certificates', () => makeAllCertificates(course));
  const nodes = await step(log, `make ${count} nodes and their network`, () => makeNodes(course));
  // The control plane waits for its parts, the images for the disk: together they take little more than one of them.
  await together(
    startAndApply(course, nodes),
    step(log, 'start containerd, with its images', () => startRuntimes(course, nodes)),
  );
  await step(log, 'start kubelet and kube-proxy', () => startNodes(course, nodes));
  const { signal } = request;
  await step(log, 'wait until all is ready', () => awaitAddons(kubectl, { signal }));
  writeState(layout, { ...state, phase: 'up' });
}

async function startAndApply(course: Course, nodes: readonly Node[]): Promise<void> {
  const { log, kubectl, components, state, signal } = course;
  await step(log, 'start the control plane', () => startControlPlane(course, nodes));
  await step(log, 'apply CoreDNS, local-path volumes, Gateway API and Traefik', () =>
    applyAddons(
      kubectl,
      components.gatewayApi,
      { slot: state.slot, nodes: course.nodes },
      { signal },
    ),
  );
}

/** Resolves when all have ended, so that nothing goes on behind a failure; rejects with the first of those. */
async function together(...works: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(works);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** The record comes before the first change of the machine. */
async function recordStart({ layout, nodes, images }: UpRequest): Promise<ClusterState> {
  const state: ClusterState = {
    token: randomUUID(),
    slot: await findSlot(),
    nodes,
    archives: images.map(identifyArchive),
    phase: 'starting',
    startedAt: new Date().toISOString(),
  };
  writeState(layout, state);
  return state;
}

async function makeAllCertificates({ layout, state, nodes }: Course): Promise<void> {
  const { certificates, context, folder, kubeconfig } = layout;
  await makeCertificates(certificates, state.slot, nodes);
  mkdirSync(layout.logs, { recursive: true });
  const access = { certificates, context, address: nodeAddress(state.slot, 1) };
  writeKubeconfig(kubeconfig, { ...access, user: 'admin' });
  for (const user of ['controller-manager', 'scheduler']) {
    writeKubeconfig(join(folder, user), { ...access, user });
  }
}

async function startControlPlane(
  { layout, components, state, kubectl, signal }: Course,
  [first]: readonly Node[],
): Promise<void> {
  if (!first) throw new Error('a cluster has at least one node');
  const plane = {
    kubernetes: components.kubernetes,
    etcd: join(components.programs, 'etcd'),
    certificates: layout.certificates,
    kubeconfigs: layout.folder,
    address: nodeAddress(state.slot, 1),
    tolerationSeconds,
  };
  for (const daemon of apiServer(plane, first.daemon)) await startInside(first.space, daemon);
  const what = `the API server is not ready (see ${layout.logs})`;
  await waitUntil({ what, limitMs: 90_000, pollMs: 200, signal }, () =>
    kubectl(['get', '--raw=/readyz']),
  );
  for (const daemon of controllers(plane, first.daemon)) await startInside(first.space, daemon);
}

/** The images are unpacked on the first node, where they are not unpacked yet, and linked into all of them. */
async function startRuntimes(course: Course, nodes: readonly Node[]): Promise<void> {
  const { components, images, log, signal } = course;
  const [first] = nodes;
  if (!first) throw new Error('a cluster has at least one node');
  const archives = [...components.images, ...images];
  const folders = nodes.map(({ settings }) => pathOutside(settings, containerdRoot));
  await linkImages({ archives, folders, log }, (root) =>
    unpackAll(root, first, components.programs, archives, signal),
  );
  await together(
    ...nodes.map(({ space, settings, daemon }) =>
      startContainerd(space, settings, components.programs, daemon),
    ),
  );
}

async function unpackAll(
  root: string,
  { space, settings, daemon }: Node,
  programs: string,
  archives: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await withContainerdOn(root, space, settings, programs, daemon, async () => {
    for (const archive of archives) {
      signal?.throwIfAborted();
      await importImages(space, programs, archive);
    }
  });
}

async function startNodes(course: Course, nodes: readonly Node[]): Promise<void> {
  const { layout, kubectl, signal } = course;
  for (const node of nodes) await startNode(course, node);
  const names = nodes.map(({ settings }) => `node/${settings.name}`);
  const what = `the nodes are not ready (see ${layout.logs})`;
  await waitUntil({ what, limitMs: 90_000, pollMs: 200, signal }, () =>
    kubectl(['wait', '--timeout=10s', '--for=condition=Ready', ...names]),
  );
}
