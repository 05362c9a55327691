/** Creates and deletes the topics of the bench. */
import { Admin } from '@platformatic/kafka';

/** Creates one topic that keeps everything, with one replica. */
export async function createTopic(
  bootstrap: string,
  topic: string,
  partitions: number,
): Promise<void> {
  await withAdmin(bootstrap, async (admin) => {
    const configs = [{ name: 'retention.ms', value: '-1' }];
    await admin.createTopics({ topics: [topic], partitions, replicas: 1, configs });
  });
}

/** Deletes every topic whose name begins with `prefix`. */
export async function deleteTopics(bootstrap: string, prefix: string): Promise<void> {
  await withAdmin(bootstrap, async (admin) => {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  });
}

async function withAdmin(bootstrap: string, work: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = new Admin({ clientId: 'bench.admin', bootstrapBrokers: bootstrap.split(',') });
  try {
    await work(admin);
  } finally {
    await admin.close();
  }
}
