/** A producer that writes each batch in one piece of memory; the client itself allocates for every field of each record. */
import type { API, Callback } from '@platformatic/kafka';
import {
  createAPI,
  kGetApi,
  Producer,
  produceV9,
  produceV10,
  produceV11,
  Writer,
} from '@platformatic/kafka';
import type { RecordToWrite } from './batch-writer.ts';
import { recordBatch } from './batch-writer.ts';

/** A message as the client hands it to a request. */
interface RoutedMessage extends RecordToWrite {
  readonly topic: string;
  readonly partition: number;
}

/** What the client knows of itself when it sends; `sequences` by `topic:partition`. */
interface ProducerState {
  readonly producerId?: bigint;
  readonly producerEpoch?: number;
  readonly sequences?: { getWithDefault(key: string, standard: number): number };
}

/** The requests that are written alike. */
const apis = new Map(
  [produceV9, produceV10, produceV11].map(({ api, parseResponse }) => [
    api.version,
    createAPI(api.key, api.version, createRequest, parseResponse),
  ]),
);

/** A producer without transactions and compression. */
export class BatchingProducer extends Producer<Buffer, Buffer, Buffer, Buffer> {
  override [kGetApi]<Arguments extends unknown[], Response>(
    name: string,
    callback: Callback<API<Arguments, Response>>,
  ): void {
    super[kGetApi]<Arguments, Response>(name, (error, api) => {
      const batching = name === 'Produce' && api ? apis.get(api.version) : undefined;
      callback(error, (batching as API<Arguments, Response> | undefined) ?? api);
    });
  }
}

function createRequest(
  acks: number,
  timeoutMs: number,
  messages: readonly RoutedMessage[],
  producer: ProducerState,
): Writer {
  const timestamp = BigInt(Date.now());
  return Writer.create()
    .appendString(null)
    .appendInt16(acks)
    .appendInt32(timeoutMs)
    .appendArray([...groups(messages, ({ topic }) => topic)], (writer, [topic, ofTopic]) => {
      const partitions = [...groups(ofTopic, ({ partition }) => partition)];
      writer.appendString(topic).appendArray(partitions, (inner, [partition, records]) => {
        const batch = recordBatch(records, {
          timestamp,
          producerId: producer.producerId ?? -1n,
          producerEpoch: producer.producerEpoch ?? 0,
          sequence: producer.sequences?.getWithDefault(`${topic}:${partition}`, 0) ?? 0,
        });
        // Compact: one more than the number of bytes.
        inner
          .appendInt32(partition)
          .appendUnsignedVarInt(batch.length + 1)
          .append(batch);
      });
    })
    .appendTaggedFields();
}

function groups<Key>(
  messages: readonly RoutedMessage[],
  keyOf: (message: RoutedMessage) => Key,
): Map<Key, RoutedMessage[]> {
  const found = new Map<Key, RoutedMessage[]>();
  for (const message of messages) {
    const key = keyOf(message);
    const group = found.get(key);
    if (group) group.push(message);
    else found.set(key, [message]);
  }
  return found;
}
