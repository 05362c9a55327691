/** Creates the topics of the application under test; those that exist are kept as they are. */
import type { Admin } from '@platformatic/kafka';

/** A topic to create. */
export interface TopicPlan {
  readonly name: string;
  readonly partitions: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** The application's topics, with `partitions` for the two that hold data. */
export function topicPlans(partitions: number, replicas: number): readonly TopicPlan[] {
  const durability = { 'min.insync.replicas': replicas >= 3 ? '2' : '1' };
  return [
    { name: 'raw-data-in', partitions, configs: { ...durability, 'retention.ms': '-1' } },
    { name: 'summary-stats', partitions, configs: { ...durability, 'cleanup.policy': 'compact' } },
    {
      name: 'raw-data-in.dlq',
      partitions: 1,
      // A dead letter is a record plus the headers that say why: it must fit where the record did.
      configs: { ...durability, 'retention.ms': '-1', 'max.message.bytes': '2097152' },
    },
  ];
}

/** Creates the topics that are absent, replicated over up to three of the `brokers`. */
export async function createTopics(
  admin: Admin,
  partitions: number,
  brokers: number,
): Promise<void> {
  const replicas = Math.min(brokers, 3);
  const existing = new Set(await admin.listTopics());
  const absent = topicPlans(partitions, replicas).filter(({ name }) => !existing.has(name));
  for (const topic of absent) {
    const configs = Object.entries(topic.configs).map(([name, value]) => ({ name, value }));
    await admin.createTopics({
      topics: [topic.name],
      partitions: topic.partitions,
      replicas,
      configs,
    });
  }
}
