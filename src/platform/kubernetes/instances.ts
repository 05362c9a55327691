/** Numbers the pods of a deployment, so that an instance keeps its name while pods come and go. */
import type { V1Pod } from '@kubernetes/client-node';
import { ORDINAL } from './labels.ts';
import { isReady, nameOf } from './pods.ts';

/** A pod and its number. */
export interface NumberedPod {
  readonly ordinal: number;
  readonly pod: V1Pod;
}

const TEMPLATE = 'pod-template-hash';

/** A number for each pod: its own where it has one, else the lowest that none of its ReplicaSet has. */
export function numberPods(pods: readonly V1Pod[]): NumberedPod[] {
  const sets = new Map<string, V1Pod[]>();
  for (const pod of [...pods].sort(byAge)) {
    const set = pod.metadata?.labels?.[TEMPLATE] ?? '';
    sets.set(set, [...(sets.get(set) ?? []), pod]);
  }
  return [...sets.values()].flatMap(numberSet);
}

function numberSet(pods: readonly V1Pod[]): NumberedPod[] {
  const taken = new Set(pods.map(storedOrdinal).filter((ordinal) => ordinal !== undefined));
  let free = 0;
  return pods.map((pod) => {
    const stored = storedOrdinal(pod);
    if (stored !== undefined) return { ordinal: stored, pod };
    while (taken.has(free)) free++;
    taken.add(free);
    return { ordinal: free, pod };
  });
}

/** The number that was written on a pod before. */
export function storedOrdinal(pod: V1Pod): number | undefined {
  const text = pod.metadata?.annotations?.[ORDINAL];
  return text === undefined ? undefined : Number(text);
}

/** One pod for each number: of several, during a replacement, the newest that is ready. */
export function currentPods(numbered: readonly NumberedPod[]): NumberedPod[] {
  const chosen = new Map<number, V1Pod>();
  for (const { ordinal, pod } of [...numbered].sort((a, b) => byAge(a.pod, b.pod))) {
    const before = chosen.get(ordinal);
    if (!before || isReady(pod) || !isReady(before)) chosen.set(ordinal, pod);
  }
  return [...chosen].sort(([a], [b]) => a - b).map(([ordinal, pod]) => ({ ordinal, pod }));
}

function byAge(a: V1Pod, b: V1Pod): number {
  const age = (pod: V1Pod) => new Date(pod.metadata?.creationTimestamp ?? 0).getTime();
  return age(a) - age(b) || nameOf(a).localeCompare(nameOf(b));
}
