/** Describes the deployments of a namespace as the lab's: those that the lab made, and those that GitOps did. */
import type { V1Deployment, V1Pod } from '@kubernetes/client-node';
import type { Deployment, DeploymentSpec, Instance, Role } from '../platform.ts';
import type { Cluster } from './cluster.ts';
import type { Forwards } from './forwards.ts';
import { currentPods, numberPods } from './instances.ts';
import { NAME, PART_OF, SPEC, VERSION } from './labels.ts';
import { idOf, isReady, listPods, nameOf, ofDeployment, restartsOf } from './pods.ts';

const HTTP_PORT = 8080;
const ROLES: readonly string[] = ['generator', 'back-end', 'stats'] satisfies Role[];

/** Every deployment of the application in a namespace. */
export async function describeDeployments(
  cluster: Cluster,
  namespace: string,
  forwards: Forwards,
): Promise<Deployment[]> {
  const [{ items }, pods] = await Promise.all([
    cluster.apps.listNamespacedDeployment({ namespace, labelSelector: `${PART_OF}=cutover` }),
    listPods(cluster, namespace),
  ]);
  const programs = items.filter(({ metadata }) => ROLES.includes(metadata?.labels?.[NAME] ?? ''));
  return Promise.all(
    programs.map(async (program) => {
      const spec = specOf(program);
      const numbered = currentPods(numberPods(ofDeployment(pods, spec.name)));
      const instances = numbered.map(({ ordinal, pod }) =>
        describeInstance(cluster, forwards, `${spec.name}-${ordinal}`, pod),
      );
      return { spec, instances: await Promise.all(instances) };
    }),
  );
}

async function describeInstance(
  cluster: Cluster,
  forwards: Forwards,
  name: string,
  pod: V1Pod,
): Promise<Instance> {
  const address = cluster.inside
    ? `${pod.status?.podIP ?? ''}:${HTTP_PORT}`
    : await forwards.open({ name: nameOf(pod), port: HTTP_PORT, pod: async () => nameOf(pod) });
  const url = `http://${address}`;
  return { name, id: idOf(pod), url, ready: isReady(pod), restarts: restartsOf(pod) };
}

/** The specification that a Deployment was made from; of one that the lab did not make, what can be read of it. */
function specOf({ metadata, spec }: V1Deployment): DeploymentSpec {
  const stored = metadata?.annotations?.[SPEC];
  if (stored !== undefined) return JSON.parse(stored) as DeploymentSpec;
  const variables = spec?.template.spec?.containers[0]?.env ?? [];
  const plain = variables.filter(({ value }) => value !== undefined);
  return {
    name: metadata?.name ?? '',
    role: metadata?.labels?.[NAME] as Role,
    version: metadata?.labels?.[VERSION] ?? '',
    replicas: spec?.replicas ?? 1,
    env: Object.fromEntries(plain.map(({ name, value }) => [name, value ?? ''])),
  };
}
