/** Waits until workloads are what was asked for, and says early what will never let them be. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiException } from '@kubernetes/client-node';
import type { Cluster } from './cluster.ts';
import { KubernetesError } from './errors.ts';
import type { PodProblem } from './pods.ts';
import { listPods, nameOf, problemOf } from './pods.ts';

/** Something that is waited for. */
export interface Wanted {
  readonly name: string;
  /** Pods whose problems are its problems. */
  readonly owns: (podName: string) => boolean;
  /** What is still missing; undefined where nothing is. */
  readonly missing: () => Promise<string | undefined>;
}

const POLL_MS = 250;
const LIMIT_MS = 300_000;
/** A problem that stays this long is final. */
const PROBLEM_MS = 30_000;
const LOG_LINES = 5;
/** What kubelet answers in place of a log that is not there any more. */
const NO_LOG = 'unable to retrieve container logs';

/** Waits for all of them; `step` is told what is missing whenever that changes. Throws `KubernetesError` with every problem at once. */
export async function waitFor(
  cluster: Cluster,
  namespace: string,
  wanted: readonly Wanted[],
  step: (message: string) => void = () => undefined,
): Promise<void> {
  const endMs = Date.now() + LIMIT_MS;
  const since = new Map<string, number>();
  let told = '';
  for (;;) {
    const left = (
      await Promise.all(wanted.map(async (each) => ({ each, missing: await each.missing() })))
    ).filter(({ missing }) => missing !== undefined);
    if (left.length === 0) return;
    const message = left.map(({ each, missing }) => `${each.name}: ${missing}`).join(', ');
    if (message !== told) step(message);
    told = message;
    const problems = await problemsOf(
      cluster,
      namespace,
      left.map(({ each }) => each),
    );
    for (const key of since.keys()) if (!problems.has(key)) since.delete(key);
    for (const key of problems.keys()) since.set(key, since.get(key) ?? Date.now());
    const isFinal = [...problems].some(
      ([key, { lasts }]) => lasts || Date.now() - (since.get(key) ?? 0) >= PROBLEM_MS,
    );
    if (isFinal) {
      const said = [...problems.values()].map(({ text }) => text).join('; ');
      throw new KubernetesError('NOT_READY', said);
    }
    if (Date.now() > endMs) {
      const mend = `Mend: see why with kubectl -n ${namespace} get pods,events`;
      throw new KubernetesError(
        'NOT_READY',
        `not ready within ${LIMIT_MS / 1000} s: ${message}. ${mend}`,
      );
    }
    await sleep(POLL_MS);
  }
}

type Problem = Pick<PodProblem, 'text' | 'lasts'>;

/** Each problem that there is now, by its key. */
async function problemsOf(
  cluster: Cluster,
  namespace: string,
  wanted: readonly Wanted[],
): Promise<ReadonlyMap<string, Problem>> {
  const problems = new Map<string, Problem>();
  for (const pod of await listPods(cluster, namespace)) {
    if (!wanted.some(({ owns }) => owns(nameOf(pod)))) continue;
    const problem = problemOf(pod);
    if (problem === undefined) continue;
    const words = problem.ended ? await lastWords(cluster, namespace, nameOf(pod)) : undefined;
    const text = words === undefined ? problem.text : `${problem.text}; it said: ${words}`;
    // What lasts is told together with the reason, which a moment later may be there.
    problems.set(problem.key, { text, lasts: problem.lasts && words !== undefined });
  }
  const refusals = await listRefusals(cluster, namespace);
  for (const { name } of wanted) {
    const refusal = refusals.findLast(({ involvedObject }) =>
      involvedObject.name?.startsWith(name),
    );
    if (!refusal) continue;
    problems.set(`${name} create`, { text: `${name}: ${refusal.message}`, lasts: false });
  }
  return problems;
}

/** Why pods are not even made: a quota, a policy, an account that is missing. */
async function listRefusals({ core }: Cluster, namespace: string) {
  return (await core.listNamespacedEvent({ namespace, fieldSelector: 'reason=FailedCreate' }))
    .items;
}

/** The reason that a program gave when it ended: its fatal line, else its last one; undefined where nothing is kept of it. */
async function lastWords(
  cluster: Cluster,
  namespace: string,
  name: string,
): Promise<string | undefined> {
  // Of the containers that ended kubelet keeps the newest, and for a moment says that it is still the one before.
  const before = await readLog(cluster, namespace, name, true);
  const now = await readLog(cluster, namespace, name, false);
  const isFatal = (line: string) => line.startsWith('{') && line.includes('"level":60');
  const fatal = [...before, ...now].findLast(isFatal);
  if (fatal) return String((JSON.parse(fatal) as { msg?: string }).msg);
  return before.at(-1) ?? now.at(-1);
}

/** Last lines of a pod's log; none where it cannot be read. */
async function readLog(
  { core }: Cluster,
  namespace: string,
  name: string,
  previous: boolean,
): Promise<readonly string[]> {
  try {
    const log = await core.readNamespacedPodLog({
      ...{ namespace, name, previous, tailLines: LOG_LINES },
    });
    return log.split('\n').filter((line) => line !== '' && !line.startsWith(NO_LOG));
  } catch (error) {
    if (error instanceof ApiException) return [];
    throw error;
  }
}

/** A Deployment with all its replicas at the wanted version, ready, none of another, and its Service leading to them: readers that are sent to a pod before its Service knows of it get errors. */
export function deployment(cluster: Cluster, namespace: string, name: string): Wanted {
  return {
    name,
    owns: (pod) => pod.startsWith(`${name}-`),
    async missing() {
      const { metadata, spec, status } = await cluster.apps.readNamespacedDeployment({
        namespace,
        name,
      });
      const wanted = spec?.replicas ?? 1;
      if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0))
        return 'not looked at yet';
      const { replicas = 0, updatedReplicas = 0, readyReplicas = 0 } = status ?? {};
      if (updatedReplicas !== wanted || readyReplicas !== wanted || replicas !== wanted)
        return `${Math.min(readyReplicas, updatedReplicas)} of ${wanted} ready`;
      const reachable = await countEndpoints(cluster, namespace, name);
      return reachable >= wanted ? undefined : `${reachable} of ${wanted} reachable`;
    },
  };
}

/** Ready pods that a Service leads to. */
async function countEndpoints({ custom }: Cluster, namespace: string, service: string) {
  const { items } = (await custom.listNamespacedCustomObject({
    ...{ group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices', namespace },
    labelSelector: `kubernetes.io/service-name=${service}`,
  })) as { items: { endpoints?: { conditions?: { ready?: boolean } }[] | null }[] };
  return items
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false).length;
}

/** A StatefulSet whose replicas are all ready. */
export function statefulSet({ apps }: Cluster, namespace: string, name: string): Wanted {
  return {
    name,
    owns: (pod) => pod.startsWith(`${name}-`),
    async missing() {
      const { spec, status } = await apps.readNamespacedStatefulSet({ namespace, name });
      const wanted = spec?.replicas ?? 1;
      const ready = status?.readyReplicas ?? 0;
      return ready === wanted ? undefined : `${ready} of ${wanted} ready`;
    },
  };
}

/** A Job that is done. */
export function job({ batch }: Cluster, namespace: string, name: string): Wanted {
  return {
    name,
    owns: (pod) => pod.startsWith(`${name}-`),
    async missing() {
      const { status } = await batch.readNamespacedJob({ namespace, name });
      return (status?.succeeded ?? 0) > 0 ? undefined : 'not done';
    },
  };
}
