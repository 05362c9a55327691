/** Notices what happens to the pods of a lab. */
import type { V1Pod } from '@kubernetes/client-node';
import type { LabEvent, Role } from '../platform.ts';
import { isNotFound } from './api-errors.ts';
import type { Cluster } from './cluster.ts';
import { listComponents } from './components.ts';
import { currentPods, numberPods } from './instances.ts';
import { INSTANCE, LAB_CONFIG } from './labels.ts';
import { idOf, isReady, listPods, nameOf, ofDeployment, restartsOf, roleOf } from './pods.ts';

/** A watch that goes on until it is stopped. */
export interface Watch {
  stop(): void;
}

type Emit = (kind: LabEvent['kind'], subject: string, detail: string) => void;

/** What is known of an instance or component. */
interface Seen {
  readonly id: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly pod: string;
}

const PERIOD_MS = 1_000;
const ROLES: readonly Role[] = ['generator', 'back-end', 'stats'];

/** Looks each second, and tells what changed by itself; a replacement that was asked for is no event. */
export function watchLab(cluster: Cluster, namespace: string, emit: Emit): Watch {
  let known = new Map<string, Seen>();
  let stopped = false;
  let looking = false;

  async function look(): Promise<void> {
    if (await isGone(cluster, namespace)) {
      if (!stopped) emit('stopped', namespace, 'the lab was stopped by another process');
      stop();
      return;
    }
    const now = await snapshot(cluster, namespace);
    if (stopped) return;
    for (const [name, seen] of now) compare(name, known.get(name), seen, emit);
    known = now;
  }

  const timer = setInterval(() => {
    if (looking || stopped) return;
    looking = true;
    look()
      .catch(() => undefined) // the API server is away: the next look tells what was missed
      .finally(() => {
        looking = false;
      });
  }, PERIOD_MS);
  timer.unref();

  function stop(): void {
    stopped = true;
    clearInterval(timer);
  }
  return { stop };
}

function compare(name: string, before: Seen | undefined, now: Seen, emit: Emit): void {
  if (!before) return;
  const restarted = now.pod === before.pod && now.restarts > before.restarts;
  if (restarted) {
    emit('ended', name, `${now.pod} ended by itself`);
    emit('restarting', name, `start ${now.restarts + 1} of ${now.pod}`);
  }
  const isBack = now.ready && (!before.ready || now.id !== before.id);
  if (isBack) emit('ready', name, now.pod);
}

async function snapshot(cluster: Cluster, namespace: string): Promise<Map<string, Seen>> {
  const [pods, components] = await Promise.all([
    listPods(cluster, namespace),
    listComponents(cluster, namespace),
  ]);
  const byName = new Map(pods.map((pod) => [nameOf(pod), pod]));
  const seen = new Map<string, Seen>();
  for (const { component, pod } of components) {
    const found = byName.get(pod);
    seen.set(component.name, { ...component, pod, restarts: found ? restartsOf(found) : 0 });
  }
  for (const role of ROLES) {
    const names = new Set(pods.filter((pod) => roleOf(pod) === role).map(instanceOf));
    for (const name of names) addInstances(seen, name, ofDeployment(pods, name));
  }
  return seen;
}

function addInstances(seen: Map<string, Seen>, deployment: string, pods: readonly V1Pod[]): void {
  for (const { ordinal, pod } of currentPods(numberPods(pods))) {
    seen.set(`${deployment}-${ordinal}`, {
      ...{ id: idOf(pod), ready: isReady(pod) },
      ...{ restarts: restartsOf(pod), pod: nameOf(pod) },
    });
  }
}

function instanceOf(pod: V1Pod): string {
  return pod.metadata?.labels?.[INSTANCE] ?? '';
}

async function isGone({ core }: Cluster, namespace: string): Promise<boolean> {
  try {
    const { metadata } = await core.readNamespacedConfigMap({ namespace, name: LAB_CONFIG });
    return metadata?.deletionTimestamp !== undefined;
  } catch (error) {
    if (isNotFound(error)) return true;
    throw error;
  }
}
