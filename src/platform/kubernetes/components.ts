/** The parts that the application stands on, as the pods that they are. */
import type { V1Pod } from '@kubernetes/client-node';
import type { Component } from '../platform.ts';
import type { Cluster } from './cluster.ts';
import { INSTANCE } from './labels.ts';
import { idOf, isReady, listPods, nameOf, roleOf } from './pods.ts';

/** A component and the pod that it is now. */
export interface ComponentPod {
  readonly component: Component;
  readonly pod: string;
}

/** Kafka's brokers, the registry and the state DBs. */
export async function listComponents(cluster: Cluster, namespace: string): Promise<ComponentPod[]> {
  const pods = await listPods(cluster, namespace);
  const found = pods.flatMap((pod) => {
    const name = componentName(pod);
    if (name === undefined) return [];
    // A pod that comes back under the same name is another one.
    const id = `${idOf(pod)}/${pod.metadata?.uid}`;
    return [{ component: { name, id, ready: isReady(pod) }, pod: nameOf(pod) }];
  });
  return found.sort((a, b) => a.component.name.localeCompare(b.component.name));
}

function componentName(pod: V1Pod): string | undefined {
  const role = roleOf(pod);
  if (role === 'kafka') return nameOf(pod);
  if (role === 'registry') return role;
  return role === 'valkey' ? pod.metadata?.labels?.[INSTANCE] : undefined;
}
