/** Pods as the lab sees them: whose they are, whether they are ready, and what keeps them from it. */
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { INSTANCE, NAME, PART_OF } from './labels.ts';

/** The pods of a lab that are not on their way out. */
export async function listPods({ core }: Cluster, namespace: string): Promise<V1Pod[]> {
  const { items } = await core.listNamespacedPod({
    namespace,
    labelSelector: `${PART_OF}=cutover`,
  });
  return items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
}

/** Pods of the application's deployment of that name. */
export function ofDeployment(pods: readonly V1Pod[], name: string): V1Pod[] {
  return pods.filter(({ metadata }) => metadata?.labels?.[INSTANCE] === name);
}

/** A pod's name. */
export function nameOf(pod: V1Pod): string {
  return pod.metadata?.name ?? '';
}

/** What a pod is: `kafka`, `back-end`, … */
export function roleOf(pod: V1Pod): string {
  return pod.metadata?.labels?.[NAME] ?? '';
}

/** How often a pod's containers were started again. */
export function restartsOf(pod: V1Pod): number {
  return containersOf(pod).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

/** Another one after each start of the pod's container. */
export function idOf(pod: V1Pod): string {
  return `${nameOf(pod)}#${restartsOf(pod)}`;
}

/** Whether the cluster counts a pod as ready. */
export function isReady(pod: V1Pod): boolean {
  const conditions = pod.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** The scheduler looked before it knew of a volume that was just asked for. */
const PASSING = /persistentvolumeclaim "[^"]*" not found/;

/** What keeps a pod from getting ready and will not pass by itself; undefined where nothing is known. */
export function problemOf(pod: V1Pod): string | undefined {
  const { conditions = [] } = pod.status ?? {};
  const unscheduled = conditions.find(
    ({ type, reason, message = '' }) =>
      type === 'PodScheduled' && reason === 'Unschedulable' && !PASSING.test(message),
  );
  if (unscheduled) {
    return `pod ${nameOf(pod)} fits on no node: ${unscheduled.message}. Mend: give the nodes more room, or fewer brokers (--brokers 1)`;
  }
  for (const status of containersOf(pod)) {
    const problem = containerProblem(nameOf(pod), status);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function containersOf(pod: V1Pod): V1ContainerStatus[] {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  return [...initContainerStatuses, ...containerStatuses];
}

const NO_IMAGE = ['ImagePullBackOff', 'ErrImagePull', 'ErrImageNeverPull', 'InvalidImageName'];
const NO_START = ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError'];

function containerProblem(pod: string, status: V1ContainerStatus): string | undefined {
  const { reason = '', message = '' } = status.state?.waiting ?? {};
  if (NO_IMAGE.includes(reason)) {
    return `pod ${pod} has no image ${status.image} (${reason}). Mend: npm run images, then load it into the cluster or push it to where the cluster pulls`;
  }
  if (NO_START.includes(reason)) return `pod ${pod} cannot start: ${message || reason}`;
  const last = status.lastState?.terminated;
  if (reason === 'CrashLoopBackOff' && last) {
    return `pod ${pod} ends again and again, last with code ${last.exitCode} (${last.reason ?? ''}). Mend: see why with kubectl logs --previous ${pod}`;
  }
  return undefined;
}
