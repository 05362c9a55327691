/** Asks a Kafka cluster for its brokers. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Admin } from '@platformatic/kafka';

const clientLimitMs = 2_000;

/** A Kafka admin client that fails at once instead of trying again; the caller closes it. Its code is loaded when Kafka is there. */
export async function kafkaAdmin(bootstrap: string, limitMs = clientLimitMs): Promise<Admin> {
  const { Admin } = await import('@platformatic/kafka');
  return new Admin({
    clientId: 'cutover-lab',
    bootstrapBrokers: bootstrap.split(','),
    retries: 0,
    connectTimeout: limitMs,
    requestTimeout: 30_000,
  });
}

/** Resolves with the number of brokers where at least `expected` have joined; rejects otherwise. */
export async function pingKafka(bootstrap: string, expected: number): Promise<number> {
  const [broker = '', ...others] = bootstrap.split(',');
  if (others.length === 0) await ensureListening(broker);
  const admin = await kafkaAdmin(bootstrap);
  try {
    const { brokers, controllerId } = await admin.metadata({ topics: [] });
    if (brokers.size < expected)
      throw new Error(`${brokers.size} of ${expected} brokers have joined`);
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
    await once(socket, 'connect', { signal: AbortSignal.timeout(clientLimitMs) });
  } finally {
    socket.destroy();
  }
}
