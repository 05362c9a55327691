/** A connection to one cluster, chosen by the name of a context that the user gave; no other is ever used. */
import { existsSync } from 'node:fs';
import {
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  StorageV1Api,
  VersionApi,
} from '@kubernetes/client-node';
import { KubernetesError } from './errors.ts';

/** How to reach a cluster. */
export interface Cluster {
  readonly config: KubeConfig;
  /** Whether this process runs in that cluster, and so reaches services by their names. */
  readonly inside: boolean;
  /** Name of the context, or `in the cluster`. */
  readonly context: string;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly batch: BatchV1Api;
  readonly storage: StorageV1Api;
  readonly custom: CustomObjectsApi;
  readonly objects: KubernetesObjectApi;
  readonly version: VersionApi;
}

/** Where a pod finds what lets it ask the API. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Opens the cluster of a context; throws `KubernetesError` where none was named, or it is not in the kubeconfig. */
export function openCluster(context: string | undefined): Cluster {
  if (context === undefined && existsSync(SERVICE_ACCOUNT)) {
    const config = new KubeConfig();
    config.loadFromCluster();
    return clusterOf(config, 'in the cluster', true);
  }
  const config = new KubeConfig();
  config.loadFromDefault();
  const known = config.getContexts().map(({ name }) => name);
  if (context === undefined || !known.includes(context)) {
    throw new KubernetesError('CLUSTER_REFUSED', refusal(context, known));
  }
  config.setCurrentContext(context);
  return clusterOf(config, context, false);
}

function refusal(context: string | undefined, known: readonly string[]): string {
  const what =
    context === undefined
      ? 'no context was named, and the current one is not used unasked'
      : `the context "${context}" is not in the kubeconfig`;
  const mend =
    known.length > 0
      ? `Mend: --context with one of: ${known.join(', ')}`
      : 'Mend: make a kubeconfig (microk8s config, k3s kubectl config view --raw, kind get kubeconfig) and name its file in KUBECONFIG';
  return `${what}. ${mend}`;
}

function clusterOf(config: KubeConfig, context: string, inside: boolean): Cluster {
  return {
    config,
    inside,
    context,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    batch: config.makeApiClient(BatchV1Api),
    storage: config.makeApiClient(StorageV1Api),
    custom: config.makeApiClient(CustomObjectsApi),
    objects: KubernetesObjectApi.makeApiClient(config),
    version: config.makeApiClient(VersionApi),
  };
}
