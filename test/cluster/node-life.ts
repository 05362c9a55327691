/** Makes the nodes of a cluster, and lets one fail and come back as a machine does that loses its power. */
import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Components } from './components/components.ts';
import { prepareComponents } from './components/components.ts';
import { fullName } from './components/image-name.ts';
import { images } from './components/images.ts';
import { ClusterError } from './errors.ts';
import { configure, furnish, startContainerd, startKubelet } from './kubernetes/node.ts';
import type { NodeSettings } from './kubernetes/node-config.ts';
import type { Layout } from './layout.ts';
import { makeCgroup, removeCgroup } from './machine/cgroups.ts';
import { findHolder, roleVariable } from './machine/holders.ts';
import type { MakeDaemon, Namespaces } from './machine/namespaces.ts';
import { openNamespaces } from './machine/namespaces.ts';
import { linkHost, linkNode } from './machine/network.ts';
import { nodeName } from './machine/network-plan.ts';
import { killContained } from './machine/processes.ts';
import type { ClusterState } from './state-file.ts';
import { requireUp, tokenVariable } from './state-file.ts';
import type { Log } from './steps.ts';
import { step } from './steps.ts';

/** What nodes are made from. */
export interface NodeMaker {
  readonly layout: Layout;
  readonly components: Components;
  readonly state: ClusterState;
}

/** A node that runs. */
export interface Node {
  readonly space: Namespaces;
  readonly settings: NodeSettings;
  readonly daemon: MakeDaemon;
}

/** Role of the namespaces that hold the bridge between the nodes. */
const bridgeRole = 'bridge';

/** Makes the network and the nodes in it; nothing runs on them yet. */
export async function makeNodes(maker: NodeMaker): Promise<readonly Node[]> {
  const { layout, state, components } = maker;
  const bridge = await openNamespaces(components.holder, marks(state, bridgeRole));
  await linkHost(bridge, layout.hostLink, state.slot);
  const nodes: Node[] = [];
  for (let node = 1; node <= state.nodes; node++) nodes.push(await makeNode(maker, bridge, node));
  return nodes;
}

async function makeNode(maker: NodeMaker, bridge: Namespaces, node: number): Promise<Node> {
  const { state, components } = maker;
  const settings = nodeSettings(maker, node);
  const space = await openNamespaces(components.holder, marks(state, settings.name));
  configure(settings, state.slot);
  await furnish(space, settings);
  await linkNode(bridge, space, { slot: state.slot, node, nodes: state.nodes });
  return { space, settings, daemon: daemonsOf(maker, settings.name) };
}

/** Starts kubelet and kube-proxy on a node; containerd answers there, and the API server. */
export async function startNode({ components, state }: NodeMaker, node: Node): Promise<void> {
  const { space, settings, daemon } = node;
  makeCgroup(settings.cgroup);
  const where = { slot: state.slot, kubernetes: components.kubernetes };
  await startKubelet(space, settings, where, daemon);
}

/** Ends a node at once, with everything on it but its disk: as when it loses its power. */
export async function stopNode(layout: Layout, name: string, log: Log): Promise<void> {
  const { state } = requireNode(layout, name);
  await step(log, `stop ${name}`, async () => {
    const { pid } = findHolder(state.token, name);
    await killContained(pid);
    await removeCgroup(`${layout.cgroup}/${name}`);
  });
}

/** Starts a node that was stopped, with the disk that it had; it is Ready a moment later. */
export async function restartNode(layout: Layout, name: string, log: Log): Promise<void> {
  const { state, node } = requireNode(layout, name);
  const maker = { layout, state, components: await prepareComponents(log, undefined) };
  await step(log, `start ${name}`, async () => {
    const started = await makeNode(maker, findHolder(state.token, bridgeRole), node);
    const { space, settings, daemon } = started;
    await startContainerd(space, settings, maker.components.programs, daemon);
    await startNode(maker, started);
  });
}

function requireNode(
  layout: Layout,
  name: string,
): { readonly state: ClusterState; readonly node: number } {
  const state = requireUp(layout);
  const names = Array.from({ length: state.nodes }, (_, index) => nodeName(index + 1));
  const node = names.indexOf(name) + 1;
  if (node > 1) return { state, node };
  const others = names.slice(1).join(', ') || 'none';
  const why = node === 1 ? 'it holds the control plane' : 'there is no such node';
  throw new ClusterError(
    'UNSUPPORTED',
    `${name} cannot be stopped or started: ${why}; others: ${others}`,
  );
}

function marks({ token }: ClusterState, role: string): Readonly<Record<string, string>> {
  return { [tokenVariable]: token, [roleVariable]: role };
}

function nodeSettings({ layout, components }: NodeMaker, node: number): NodeSettings {
  const name = nodeName(node);
  const folder = join(layout.folder, name);
  mkdirSync(folder, { recursive: true });
  return {
    node,
    name,
    folder,
    certificates: layout.certificates,
    networkPlugins: components.networkPlugins,
    runc: components.runc,
    pauseImage: fullName(images.pause),
    cgroup: `${layout.cgroup}/${name}`,
  };
}

function daemonsOf({ layout, state, components }: NodeMaker, node: string): MakeDaemon {
  // Containerd looks for its shim on the path.
  const path = [components.programs, process.env.PATH ?? ''].join(delimiter);
  return (name, program, args) => ({
    program,
    args,
    logFile: join(layout.logs, `${node}-${name}.log`),
    env: { [tokenVariable]: state.token, PATH: path },
  });
}
