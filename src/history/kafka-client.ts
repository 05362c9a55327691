/** A Kafka client that reads topics from end to end, in no consumer group. */

import { Consumer, ListOffsetTimestamps } from '@platformatic/kafka';
import type { TopicExtent } from './log-input.ts';

const MAX_FETCH_BYTES = 8 * 1024 * 1024;

/** A client that is closed with `await using`. */
export interface KafkaClient extends AsyncDisposable {
  readonly consumer: Consumer;
}

/** Opens a client for those topics; nothing is sent before it is used. */
export function openKafka(bootstrap: string, topics: readonly string[]): KafkaClient {
  const consumer = new Consumer({
    clientId: 'cutover-history',
    groupId: 'cutover-history',
    bootstrapBrokers: bootstrap.split(','),
    maxBytes: MAX_FETCH_BYTES,
    retries: 5,
    retryDelay: 200,
  });
  consumer.topics.trackAll(...topics);
  return { consumer, [Symbol.asyncDispose]: () => consumer.close(true) };
}

/** A topic's id, and the first and the next offset of each partition as the broker tells them now. */
export async function topicExtent({ consumer }: KafkaClient, topic: string): Promise<TopicExtent> {
  const metadata = await consumer.metadata({ topics: [topic] });
  const topicId = metadata.topics.get(topic)?.id;
  if (topicId === undefined) throw new Error(`the topic ${topic} does not exist`);
  const [starts, ends] = await Promise.all(
    [ListOffsetTimestamps.EARLIEST, ListOffsetTimestamps.LATEST].map((timestamp) =>
      consumer.listOffsets({ topics: [topic], timestamp }),
    ),
  );
  const startOf = starts?.get(topic) ?? [];
  const partitions = (ends?.get(topic) ?? []).map((end, partition) => ({
    partition,
    start: Number(startOf[partition] ?? 0n),
    end: Number(end),
  }));
  return { topic, topicId, partitions };
}

/** The next offset of each partition. */
export async function topicEnds({ consumer }: KafkaClient, topic: string): Promise<number[]> {
  const ends = await consumer.listOffsets({
    topics: [topic],
    timestamp: ListOffsetTimestamps.LATEST,
  });
  return (ends.get(topic) ?? []).map(Number);
}
