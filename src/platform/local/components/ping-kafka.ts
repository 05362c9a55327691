/** Asks a Kafka cluster for its brokers. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Admin } from '@platformatic/kafka';

const connectLimitMs = 2_000;
/** A broker that is paused takes connections and answers nothing. */
const pingLimitMs = 5_000;
const requestLimitMs = 30_000;

/** A Kafka admin client that fails at once instead of trying again; the caller closes it. Its code is loaded when Kafka is there. */
export async function kafkaAdmin(bootstrap: string, limitMs = requestLimitMs): Promise<Admin> {
  const { Admin } = await import('@platformatic/kafka');
  return new Admin({
    clientId: 'cutover-lab',
    bootstrapBrokers: bootstrap.split(','),
    retries: 0,
    connectTimeout: connectLimitMs,
    requestTimeout: limitMs,
  });
}

/** Resolves when the broker with that id answers and its cluster has it; rejects otherwise. */
export async function pingBroker(address: string, id: number): Promise<void> {
  await pingKafka(address, (brokers) => brokers.has(id) || `broker ${id} has not joined`);
}

/** Resolves with the number of brokers where at least `expected` have joined; rejects otherwise. */
export async function pingCluster(bootstrap: string, expected: number): Promise<number> {
  return pingKafka(
    bootstrap,
    ({ size }) => size >= expected || `${size} of ${expected} brokers have joined`,
  );
}

/** @param accept true, or what is wrong with the brokers that have joined */
async function pingKafka(
  bootstrap: string,
  accept: (brokers: ReadonlyMap<number, unknown>) => true | string,
): Promise<number> {
  const [broker = '', ...others] = bootstrap.split(',');
  if (others.length === 0) await ensureListening(broker);
  const admin = await kafkaAdmin(bootstrap, pingLimitMs);
  try {
    const { brokers, controllerId } = await admin.metadata({ topics: [] });
    const verdict = accept(brokers);
    if (verdict !== true) throw new Error(verdict);
    if (controllerId < 0) throw new Error('no controller is active yet');
    return brokers.size;
  } finally {
    await admin.close();
  }
}

/** Rejects while nothing listens there; far cheaper than a client, and it is asked often during a start. */
async function ensureListening(broker: string): Promise<void> {
  const url = new URL(`tcp://${broker}`);
  const socket = connect({ host: url.hostname, port: Number(url.port) });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(connectLimitMs) });
  } finally {
    socket.destroy();
  }
}
