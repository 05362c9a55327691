/** Creates topics like others that are there: as many partitions and replicas, and the same settings. */

import type { Admin } from '@platformatic/kafka';
import { ConfigResourceTypes, ConfigSources, Admin as KafkaAdmin } from '@platformatic/kafka';

/** A topic to make, and the one that it is to be like. */
export interface TopicCopy {
  readonly topic: string;
  readonly like: string;
}

/** Creates those that are not there yet; the settings of the others stay as they are. */
export async function copyTopics(bootstrap: string, copies: readonly TopicCopy[]): Promise<void> {
  await withAdmin(bootstrap, async (admin) => {
    const existing = new Set(await admin.listTopics());
    for (const { topic, like } of copies.filter((copy) => !existing.has(copy.topic))) {
      const shape = await shapeOf(admin, like);
      await admin.createTopics({
        topics: [topic],
        ...shape,
        configs: await configsOf(admin, like),
      });
    }
  });
}

/** Deletes those that are there. */
export async function deleteTopics(bootstrap: string, topics: readonly string[]): Promise<void> {
  await withAdmin(bootstrap, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const there = [...new Set(topics)].filter((topic) => existing.has(topic));
    if (there.length > 0) await admin.deleteTopics({ topics: there });
  });
}

async function shapeOf(admin: Admin, topic: string) {
  const { topics } = await admin.metadata({ topics: [topic] });
  const partitions = Object.values(topics.get(topic)?.partitions ?? {});
  return { partitions: partitions.length, replicas: partitions[0]?.replicas.length ?? 1 };
}

/** What was set for the topic itself. */
async function configsOf(admin: Admin, topic: string) {
  const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: topic };
  const described = await admin.describeConfigs({
    resources: [{ ...resource, configurationKeys: null }],
  });
  return described
    .flatMap(({ configs }) => configs)
    .filter(({ configSource }) => configSource === ConfigSources.DYNAMIC_TOPIC_CONFIG)
    .map(({ name, value }) => ({ name, value }));
}

async function withAdmin<T>(bootstrap: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new KafkaAdmin({
    clientId: 'cutover.topics',
    bootstrapBrokers: bootstrap.split(','),
  });
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}
