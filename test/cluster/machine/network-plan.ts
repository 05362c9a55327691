/** Which addresses a cluster uses; only the subnet of its nodes is seen by the machine itself. */

/** Pods and services have the same addresses in every cluster: no cluster sees another's. */
export const podSubnet = '10.188.0.0/16';
export const serviceSubnet = '10.189.0.0/16';
/** The API server, from inside. */
export const apiServiceAddress = '10.189.0.1';
/** CoreDNS. */
export const dnsAddress = '10.189.0.10';
/** Of Traefik, on every node. */
export const gatewayPort = 30080;
export const apiPort = 6443;

/** Number of subnets to choose from, so of clusters beside each other. */
export const slots = 16;

/** Subnet of the nodes, e.g. `10.187.0.0/24`. */
export function nodeSubnet(slot: number): string {
  return `10.187.${slot}.0/24`;
}

/** Address of the machine itself in the nodes' subnet. */
export function hostAddress(slot: number): string {
  return `10.187.${slot}.1`;
}

/** Address of the node of that number; the first is 1 and holds the control plane. */
export function nodeAddress(slot: number, node: number): string {
  return `10.187.${slot}.${10 + node}`;
}

/** Subnet of the pods on the node of that number. */
export function podSubnetOf(node: number): string {
  return `10.188.${node}.0/24`;
}

/** Name of the node of that number. */
export function nodeName(node: number): string {
  return `node-${node}`;
}
