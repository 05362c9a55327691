/** Pods as the lab sees them: whose they are, whether they are ready, and what keeps them from it. */
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { WRONG_SETTINGS } from '../platform.ts';
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

/** What keeps a pod from getting ready. */
export interface PodProblem {
  /** The same as long as the problem is the same, however it is worded. */
  readonly key: string;
  readonly text: string;
  /** Whether the program ended by itself, so that its log says why. */
  readonly ended: boolean;
  /** Whether no waiting helps. */
  readonly lasts: boolean;
}

/** What will hardly pass by itself; undefined where nothing is known. */
export function problemOf(pod: V1Pod): PodProblem | undefined {
  const name = nameOf(pod);
  const problem = (key: string, text: string): PodProblem => ({
    ...{ key: `${name} ${key}`, text: `pod ${name} ${text}`, ended: false, lasts: false },
  });
  const refusal = schedulerRefusal(pod);
  if (refusal !== undefined) {
    const mend = 'Mend: give the nodes more room, or fewer brokers (--brokers 1)';
    return problem('node', `fits on no node: ${refusal}. ${mend}`);
  }
  for (const { image, state, lastState, ready } of containersOf(pod)) {
    const { reason = '', message = '' } = state?.waiting ?? {};
    if (NO_IMAGE.includes(reason)) {
      const mend =
        'Mend: npm run images, then load it into the cluster or push it to where the cluster pulls';
      return problem('image', `has no image ${image}. ${mend}`);
    }
    if (NO_START.includes(reason)) return problem('start', `cannot start: ${message || reason}`);
    const last = lastState?.terminated;
    if (last && !ready && !isJob(pod) && !SIGNALS.includes(last.exitCode)) {
      const mend = `Mend: see why with kubectl logs --previous ${name}`;
      const lasts = last.exitCode === WRONG_SETTINGS;
      const what = lasts ? 'cannot use its settings: it ended' : 'ends again and again, last';
      const text = `${what} with code ${last.exitCode}. ${mend}`;
      return { ...problem('end', text), ended: true, lasts };
    }
  }
  return undefined;
}

function schedulerRefusal({ status }: V1Pod): string | undefined {
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  const { reason, message = '' } = scheduled ?? {};
  return reason === 'Unschedulable' && !PASSING.test(message) ? message : undefined;
}

/** One that does something once may need several starts. */
function isJob({ metadata }: V1Pod): boolean {
  return metadata?.ownerReferences?.some(({ kind }) => kind === 'Job') ?? false;
}

function containersOf(pod: V1Pod): V1ContainerStatus[] {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  return [...initContainerStatuses, ...containerStatuses];
}

const NO_IMAGE = ['ImagePullBackOff', 'ErrImagePull', 'ErrImageNeverPull', 'InvalidImageName'];
const NO_START = ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError'];
/** Exit codes of programs that were killed, which is nobody's fault: SIGKILL, SIGTERM. */
const SIGNALS = [137, 143];
