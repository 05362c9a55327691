/** Creates the topics of the application under test; those that exist are kept as they are. */
import type { Admin } from '@platformatic/kafka';
import { LocalError, messageOf } from '../errors.ts';
import { untilReady } from '../ready.ts';
import { kafkaAdmin } from './ping-kafka.ts';

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

const visibleLimitMs = 30_000;

/** Creates the topics that are absent, replicated over up to three of the `brokers`, and resolves when every broker knows them. */
export async function createTopics(
  bootstrap: string,
  partitions: number,
  brokers: number,
): Promise<void> {
  const plans = topicPlans(partitions, Math.min(brokers, 3));
  await withAdmin(bootstrap, async (admin) => {
    const existing = new Set(await admin.listTopics());
    for (const plan of plans.filter(({ name }) => !existing.has(name))) {
      await createTopic(admin, plan, Math.min(brokers, 3));
    }
  });
  const names = plans.map(({ name }) => name);
  const visible = bootstrap.split(',').map((broker) => {
    const probe = (): Promise<void> => ensureVisible(broker, names);
    return untilReady({ subject: `Kafka at ${broker}`, limitMs: visibleLimitMs, probe });
  });
  await Promise.all(visible);
}

async function createTopic(admin: Admin, plan: TopicPlan, replicas: number): Promise<void> {
  const { name, partitions } = plan;
  const configs = Object.entries(plan.configs).map(([key, value]) => ({ name: key, value }));
  try {
    await admin.createTopics({ topics: [name], partitions, replicas, configs });
  } catch (cause) {
    // Another lab on the same Kafka was quicker.
    if (existsAlready(cause)) return;
    throw new LocalError(
      'COMPONENT_UNREACHABLE',
      `Kafka refuses to create the topic ${name}: ${innermost(cause)}. Mend: create it yourself, or use another Kafka`,
      { cause },
    );
  }
}

/** Rejects while a broker does not know a leader for each partition of the topics. */
async function ensureVisible(broker: string, names: readonly string[]): Promise<void> {
  await withAdmin(broker, async (admin) => {
    const { topics } = await admin.metadata({ topics: [...names] });
    for (const name of names) {
      const partitions = Object.values(topics.get(name)?.partitions ?? {});
      if (partitions.length === 0 || partitions.some(({ leader }) => leader < 0)) {
        throw new Error(`the topic ${name} has no leader yet`);
      }
    }
  });
}

async function withAdmin<T>(bootstrap: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = await kafkaAdmin(bootstrap);
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}

function existsAlready(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(existsAlready);
  return error instanceof Error && 'apiId' in error && error.apiId === 'TOPIC_ALREADY_EXISTS';
}

function innermost(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  return messageOf(error);
}
