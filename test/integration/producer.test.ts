/** Tests that a producer follows its partitions to the brokers that lead them now: every message is acknowledged, and stands in the log once. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { Admin, alterPartitionReassignmentsV0, kGetBootstrapConnection } from '@platformatic/kafka';
import { openLogReader } from '../../src/app/runtime/log-reader.ts';
import { openProducer } from '../../src/app/runtime/producer.ts';
import type { Lab } from '../../src/platform/platform.ts';
import { startTestLab, until } from './lab.ts';

const TOPIC = 'raw-data-in';
const REQUEST_MS = 10_000;

let lab: Lab;
let admin: Admin;

before(async () => {
  lab = await startTestLab({ brokers: 3 });
  admin = new Admin({
    clientId: 'test.admin',
    bootstrapBrokers: lab.addresses.bootstrap.split(','),
  });
});

after(async () => {
  await admin?.close();
  await lab?.down();
});

test('what one broker led goes to each of those that lead it now, and is written once', {
  timeout: 120_000,
}, async () => {
  const bootstrap = lab.addresses.bootstrap;
  const producer = openProducer(bootstrap, 'test.producer');
  const reader = openLogReader({ bootstrap, clientId: 'test.reader', topic: TOPIC });
  const leaders = await leadersNow();
  const messages = leaders.map((_, partition) => ({
    ...{ topic: TOPIC, partition },
    value: Buffer.from('x'),
  }));
  try {
    await producer.send(messages);
    const [first, second] = leaders.flatMap((leader, partition) =>
      leader === leaders[0] ? [partition] : [],
    );
    assert.ok(first !== undefined && second !== undefined, `leaders: ${leaders}`);
    const [one, other] = [...new Set(leaders)].filter((leader) => leader !== leaders[0]);
    assert.ok(one !== undefined && other !== undefined, `leaders: ${leaders}`);
    await lead(
      new Map([
        [first, [one, other]],
        [second, [other, one]],
      ]),
    );
    await producer.send(messages);
    assert.deepEqual(await reader.offsets('end'), Array(leaders.length).fill(2));
  } finally {
    await producer.close();
    await reader.close();
  }
});

/** Broker that leads each partition. */
async function leadersNow(): Promise<number[]> {
  const { topics } = await admin.metadata({ topics: [TOPIC], forceUpdate: true });
  return topics.get(TOPIC)?.partitions.map(({ leader }) => leader) ?? [];
}

/** Gives partitions to brokers, the first of which leads; resolves when it does. */
async function lead(replicasOf: ReadonlyMap<number, readonly number[]>): Promise<void> {
  const partitions = [...replicasOf].map(([partitionIndex, replicas]) => ({
    ...{ partitionIndex, replicas: [...replicas] },
  }));
  await new Promise<void>((resolve, reject) => {
    admin[kGetBootstrapConnection]((error, connection) => {
      if (error || !connection) return reject(error);
      const topics = [{ name: TOPIC, partitions }];
      alterPartitionReassignmentsV0.api
        .async(connection, REQUEST_MS, true, topics)
        .then(() => resolve(), reject);
    });
  });
  await until('the partitions to be led by others', async () => {
    const leaders = await leadersNow();
    return [...replicasOf].every(([partition, [leader]]) => leaders[partition] === leader);
  });
}
