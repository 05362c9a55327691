/**
 * The cluster's network: a bridge in namespaces of its own, to which each node and the machine are linked. The machine
 * itself gets one interface and no rule, so that neither its firewall nor Docker's has a say in the nodes' traffic.
 */
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { ClusterError } from '../errors.ts';
import { runProgram } from '../run-program.ts';
import { waitUntil } from '../wait-until.ts';
import type { Namespaces } from './namespaces.ts';
import { runInside } from './namespaces.ts';
import {
  hostAddress,
  nodeAddress,
  nodeName,
  nodeSubnet,
  podSubnet,
  podSubnetOf,
  slots,
} from './network-plan.ts';

const bridge = 'bridge0';
const uplink = 'uplink0';
const nodeLink = 'eth0';

/** The first slot whose subnet the machine has no route into. */
export async function findSlot(): Promise<number> {
  const routes = await runProgram('ip', ['-4', 'route', 'show', 'table', 'all']);
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const used = `${routes} ${addresses.map(({ address }) => address).join(' ')}`;
  for (let slot = 0; slot < slots; slot++) {
    const prefix = nodeSubnet(slot).replace(/0\/24$/, '');
    if (!used.includes(prefix)) return slot;
  }
  throw new ClusterError(
    'LEFT_OVER',
    `all of 10.187.0.0 to 10.187.${slots - 1}.255 is in use: see ip route`,
  );
}

/** Makes the bridge and links the machine to it. */
export async function linkHost(bridgeSpace: Namespaces, link: string, slot: number): Promise<void> {
  const inside = inSpace(bridgeSpace);
  await inside('link', 'add', bridge, 'type', 'bridge');
  await inside('link', 'set', bridge, 'up');
  const peer = ['peer', 'name', uplink, 'netns', String(bridgeSpace.pid)];
  await ip('link', 'add', link, 'type', 'veth', ...peer);
  await inside('link', 'set', uplink, 'master', bridge, 'up');
  await ip('address', 'add', `${hostAddress(slot)}/24`, 'dev', link);
  await ip('link', 'set', link, 'up');
}

/** Links a node to the bridge and tells it the way to the pods of the others. */
export async function linkNode(
  bridgeSpace: Namespaces,
  space: Namespaces,
  { slot, node, nodes }: { slot: number; node: number; nodes: number },
): Promise<void> {
  const inside = inSpace(space);
  const name = nodeName(node);
  const peer = ['peer', 'name', nodeLink, 'netns', String(space.pid)];
  await ip('link', 'add', name, 'netns', String(bridgeSpace.pid), 'type', 'veth', ...peer);
  await inSpace(bridgeSpace)('link', 'set', name, 'master', bridge, 'up');
  await inside('link', 'set', 'lo', 'up');
  await inside('address', 'add', `${nodeAddress(slot, node)}/24`, 'dev', nodeLink);
  await inside('link', 'set', nodeLink, 'up');
  await inside('route', 'add', 'default', 'via', hostAddress(slot));
  for (let other = 1; other <= nodes; other++) {
    if (other === node) continue;
    await inside('route', 'add', podSubnetOf(other), 'via', nodeAddress(slot, other));
  }
  await forward(space);
}

/** Pods' packets are forwarded, bridged ones are seen by kube-proxy's rules, and beyond the pods each speaks as its node. */
async function forward(space: Namespaces): Promise<void> {
  const settings = ['net.ipv4.ip_forward=1'];
  if (existsSync('/proc/sys/net/bridge')) settings.push('net.bridge.bridge-nf-call-iptables=1');
  await runInside(space, 'sysctl', ['-q', '-w', ...settings]);
  const masquerade = ['-t', 'nat', '-A', 'POSTROUTING', '-s', podSubnet];
  await runInside(space, 'iptables', [...masquerade, '-d', podSubnet, '-j', 'RETURN']);
  await runInside(space, 'iptables', [...masquerade, '-j', 'MASQUERADE']);
}

/** Removes the machine's interface where it is left; it goes with the bridge's namespaces, a moment after them. */
export async function unlinkHost(link: string): Promise<void> {
  const isThere = () => existsSync(`/sys/class/net/${link}`);
  if (!isThere()) return;
  await waitUntil({ what: `the interface ${link} is left`, limitMs: 10_000 }, async () => {
    if (isThere()) await ip('link', 'delete', link);
    return true;
  });
}

function ip(...args: readonly string[]): Promise<string> {
  return runProgram('ip', args);
}

function inSpace(space: Namespaces): (...args: readonly string[]) => Promise<string> {
  return (...args) => runInside(space, 'ip', args);
}
