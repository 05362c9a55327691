/** An idempotent producer that sends one batch after the other; concurrent sends have lost batches in this client. */
import type { MessageToProduce } from '@platformatic/kafka';
import { ProduceAcks } from '@platformatic/kafka';
import { BatchingProducer } from './batching-producer.ts';
import { keyHash } from './partitioner.ts';

/** A message with its partition chosen or left to the key. */
export type Message = Omit<MessageToProduce<Buffer, Buffer, Buffer, Buffer>, 'timestamp'>;

/** Sends messages. */
export interface SerialProducer {
  /** Resolves when every message is acknowledged by all in-sync replicas; rejects where it is not known of one of them. */
  send(messages: Message[]): Promise<void>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
const RETRIES = 60;
const RETRY_DELAY_MS = 500;

/** Opens a producer; nothing is sent before it is used. */
export function openProducer(bootstrap: string, clientId: string): SerialProducer {
  const producer = new BatchingProducer({
    clientId,
    bootstrapBrokers: bootstrap.split(','),
    idempotent: true,
    acks: ProduceAcks.ALL,
    partitioner: ({ key }) => (key ? keyHash(key) : 0),
    timeout: TIMEOUT_MS,
    retries: RETRIES,
    retryDelay: RETRY_DELAY_MS,
    autocreateTopics: false,
  });
  let last: Promise<unknown> = Promise.resolve();
  return {
    send(messages) {
      const sent = last.then(() => producer.send({ messages })).then(() => undefined);
      last = sent.catch((error: unknown) => error);
      return sent;
    },
    async close() {
      await last;
      await producer.close(true);
    },
  };
}
