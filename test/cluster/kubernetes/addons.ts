/** What every cluster has beyond Kubernetes itself: names, volumes and the Gateway API. */
import { readFileSync } from 'node:fs';
import { images } from '../components/images.ts';
import { dnsAddress, gatewayPort, nodeAddress } from '../machine/network-plan.ts';
import type { RunOptions } from '../run-program.ts';
import type { Kubectl } from './kubectl.ts';

/** The manifests' names, in the order in which they are applied. */
const manifests = ['coredns', 'local-path', 'traefik'] as const;

/** Applies everything; `gatewayApi` is the folder of the Gateway API's resource definitions. */
export async function applyAddons(
  kubectl: Kubectl,
  gatewayApi: string,
  { slot, nodes }: { readonly slot: number; readonly nodes: number },
  options: RunOptions,
): Promise<void> {
  const apply = ['apply', '--server-side', '--filename'];
  await kubectl([...apply, gatewayApi], options);
  const established = ['--for=condition=Established', 'crd', '--all'];
  await kubectl(['wait', '--timeout=30s', ...established], options);
  const values = {
    busyboxImage: images.busybox,
    corednsImage: images.coredns,
    localPathProvisionerImage: images.localPathProvisioner,
    traefikImage: images.traefik,
    dnsAddress,
    dnsReplicas: String(nodes),
    gatewayPort: String(gatewayPort),
    nodeAddress: nodeAddress(slot, 1),
  };
  const input = manifests.map((name) => readManifest(name, values)).join('---\n');
  await kubectl([...apply, '-'], { ...options, input });
}

/** Resolves when all of it is ready. */
export async function awaitAddons(kubectl: Kubectl, options: RunOptions): Promise<void> {
  const status = ['rollout', 'status', '--timeout=120s'];
  await kubectl([...status, '-n=kube-system', 'deployment/coredns'], options);
  await kubectl([...status, '-n=local-path-storage', 'deployment/local-path-provisioner'], options);
  await kubectl([...status, '-n=traefik', 'deployment/traefik'], options);
  const accepted = ['wait', '--timeout=60s', '--for=condition=Accepted'];
  await kubectl([...accepted, 'gatewayclass/traefik'], options);
}

function readManifest(name: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(new URL(`../addons/${name}.yaml`, import.meta.url), 'utf8');
  return text.replaceAll(/\$\{(\w+)\}/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`${name}.yaml: no value for ${key}`);
    return value;
  });
}
