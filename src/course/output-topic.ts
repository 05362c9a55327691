/** Creates the output topic of a green Back End. */

import { Admin } from '@platformatic/kafka';

/** A compacted topic with as many partitions, replicated over up to three brokers; one that is there is kept. */
export async function createOutputTopic(
  bootstrap: string,
  topic: string,
  partitions: number,
  brokers: number,
): Promise<void> {
  const admin = new Admin({ clientId: 'cutover.topics', bootstrapBrokers: bootstrap.split(',') });
  try {
    if ((await admin.listTopics()).includes(topic)) return;
    const replicas = Math.min(brokers, 3);
    const configs = [
      { name: 'cleanup.policy', value: 'compact' },
      { name: 'min.insync.replicas', value: replicas >= 3 ? '2' : '1' },
    ];
    await admin.createTopics({ topics: [topic], partitions, replicas, configs });
  } finally {
    await admin.close();
  }
}
