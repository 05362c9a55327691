/** The brokers' way in from outside: they tell clients where to come to, so the ports are agreed upon before they start. */
import type { V1StatefulSet } from '@kubernetes/client-node';
import { Base } from '@platformatic/kafka';
import { KubernetesError } from './errors.ts';
import type { Forwards } from './forwards.ts';
import { clusterId } from './lab-manifests.ts';

/** The brokers that are to be reached. */
export interface BrokersOutside {
  readonly namespace: string;
  readonly brokers: number;
  /** Port of the first broker; the others follow. */
  readonly externalPort: number;
  readonly forwards: Forwards;
}

/** What a StatefulSet that says nothing else tells its clients; see `deploy/base/kafka/`. */
const FIRST_PORT = 39_092;
const STEP = 10;
const LAST_PORT = FIRST_PORT + 100 * STEP;
const VARIABLE = 'KAFKA_EXTERNAL_PORT';
const ASK_MS = 5_000;

/** Opens ports that nobody has for a lab's brokers, before there are any, and answers the first. */
export async function reserveBrokerPorts(
  lab: Omit<BrokersOutside, 'externalPort'>,
): Promise<number> {
  for (let externalPort = FIRST_PORT; ; externalPort += STEP) {
    try {
      await openAll({ ...lab, externalPort });
      return externalPort;
    } catch (error) {
      if (!isTaken(error) || externalPort === LAST_PORT) throw error;
      for (const number of numbersOf(lab)) lab.forwards.close(podOf(number));
    }
  }
}

/** Port of the first broker, as the brokers were told. */
export function externalPortOf({ spec }: V1StatefulSet): number {
  const variables = spec?.template.spec?.containers[0]?.env ?? [];
  const value = variables.find(({ name }) => name === VARIABLE)?.value;
  return value === undefined ? FIRST_PORT : Number(value);
}

/** Opens the ports and answers the bootstrap addresses; where they are taken, by another command on this very lab is fine. */
export async function openBrokers(lab: BrokersOutside): Promise<string> {
  const bootstrap = numbersOf(lab)
    .map((number) => `127.0.0.1:${lab.externalPort + number}`)
    .join(',');
  try {
    await openAll(lab);
  } catch (error) {
    if (!isTaken(error) || (await askClusterId(bootstrap)) !== clusterId(lab.namespace)) {
      throw error;
    }
  }
  return bootstrap;
}

function numbersOf({ brokers }: Pick<BrokersOutside, 'brokers'>): readonly number[] {
  return Array.from({ length: brokers }, (_, number) => number);
}

const podOf = (number: number): string => `kafka-${number}`;

/** Rejects when all have been tried, so that none opens behind a failure. */
async function openAll(lab: BrokersOutside): Promise<void> {
  const opened = await Promise.allSettled(
    numbersOf(lab).map((number) => {
      const port = lab.externalPort + number;
      const name = podOf(number);
      return lab.forwards.open({ name, port, localPort: port, pod: async () => name });
    }),
  );
  const failed = opened.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

function isTaken(error: unknown): boolean {
  return error instanceof KubernetesError && error.code === 'PORT_TAKEN';
}

/** Which Kafka answers there; undefined where none does. */
async function askClusterId(bootstrap: string): Promise<string | undefined> {
  const client = new Base({
    clientId: 'cutover-look',
    bootstrapBrokers: bootstrap.split(','),
    ...{ retries: 0, connectTimeout: ASK_MS, timeout: ASK_MS },
  });
  try {
    return (await client.metadata({ topics: [] })).id;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  } finally {
    await client.close();
  }
}
