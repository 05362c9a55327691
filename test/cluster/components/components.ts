/** Everything that a cluster is made of: fetched or built once, then found in the cache. */
import { join } from 'node:path';
import type { Log } from '../steps.ts';
import { debianPackages, packageFolders } from './debian-packages.ts';
import { goComponent } from './go-component.ts';
import * as goPrograms from './go-programs.ts';
import { imageArchives } from './images.ts';

/** Where the components lie. */
export interface Components {
  /** Folder of the Kubernetes programs. */
  readonly kubernetes: string;
  /** The program that holds a node's namespaces. */
  readonly holder: string;
  /** Folder of the Gateway API's resource definitions. */
  readonly gatewayApi: string;
  /** Folder of containerd, its client and etcd. */
  readonly programs: string;
  /** Path of runc. */
  readonly runc: string;
  readonly networkPlugins: string;
  /** Archives of the cluster's own images. */
  readonly images: readonly string[];
}

/** Everything that is built. */
export const builtPrograms = Object.values(goPrograms).filter(
  (each): each is goPrograms.GoProgram => typeof each === 'object',
);

/** All components; what is not in the cache is fetched or built first, one after the other. */
export async function prepareComponents(
  log: Log,
  signal: AbortSignal | undefined,
): Promise<Components> {
  const packages = await debianPackages(log, signal);
  const pause = await goComponent(goPrograms.pause, log, signal);
  const kubernetes = await goComponent(goPrograms.kubernetes, log, signal);
  const coredns = await goComponent(goPrograms.coredns, log, signal);
  const localPathProvisioner = await goComponent(goPrograms.localPathProvisioner, log, signal);
  const traefik = await goComponent(goPrograms.traefik, log, signal);
  const sources = { coredns, localPathProvisioner, packages, pause, traefik };
  return {
    kubernetes,
    holder: join(pause, goPrograms.pause.output),
    gatewayApi: join(traefik, 'gateway-api'),
    programs: join(packages, packageFolders.client),
    runc: join(packages, packageFolders.runtime, 'runc'),
    networkPlugins: join(packages, packageFolders.networkPlugins),
    images: await imageArchives(sources, log),
  };
}
