/** A producer that writes each batch in one piece of memory, where the client allocates for every field of each record, and that follows every partition to its new leader, where the client sends all that one broker led to one other. */
import { promisify } from 'node:util';
import type { API, Broker, Callback, Connection } from '@platformatic/kafka';
import {
  createAPI,
  findErrorBy,
  kGetApi,
  kGetConnection,
  Producer,
  ProtocolError,
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

type ProduceArguments = [
  acks: number,
  timeoutMs: number,
  messages: readonly RoutedMessage[],
  state: ProducerState,
];
type ProduceResponse = produceV11.ProduceResponse;
type ProduceApi = API<ProduceArguments, ProduceResponse>;

/** A producer without transactions and compression. */
export class BatchingProducer extends Producer<Buffer, Buffer, Buffer, Buffer> {
  override [kGetApi]<Arguments extends unknown[], Response>(
    name: string,
    callback: Callback<API<Arguments, Response>>,
  ): void {
    super[kGetApi]<Arguments, Response>(name, (error, api) => {
      const batching = name === 'Produce' && api ? apis.get(api.version) : undefined;
      if (!batching) return callback(error, api);
      callback(
        error,
        this.#following(batching as unknown as ProduceApi) as unknown as API<Arguments, Response>,
      );
    });
  }

  /** The request, sent once more to those that lead now where a broker does not lead a partition any more; what the client does then is try again with the leaders that it knows, all at the leader of the first message. */
  #following(api: ProduceApi) {
    return (
      connection: Connection,
      ...rest: [...ProduceArguments, callback: Callback<ProduceResponse>]
    ): void => {
      const [acks, timeoutMs, messages, state, callback] = rest;
      api(connection, acks, timeoutMs, messages, state, (error, response) => {
        if (!findErrorBy(error, 'hasStaleMetadata', true)) return callback(error, response);
        this.clearMetadata();
        this.#sendToLeaders(api, [acks, timeoutMs, messages, state]).then(
          (answer) => callback(null, answer),
          callback,
        );
      });
    };
  }

  /** Sends each message to the broker that leads its partition now; what a broker has already is known by its sequence and not written again. */
  async #sendToLeaders(
    api: ProduceApi,
    [acks, timeoutMs, messages, state]: ProduceArguments,
  ): Promise<ProduceResponse> {
    const topics = [...new Set(messages.map(({ topic }) => topic))];
    const metadata = await this.metadata({ topics, retries: 0 });
    const byLeader = groups(
      messages,
      ({ topic, partition }) => metadata.topics.get(topic)?.partitions[partition]?.leader,
    );
    const sent = [...byLeader].map(async ([leader, led]) => {
      const broker = metadata.brokers.get(leader ?? -1);
      if (!broker) throw new ProtocolError('LEADER_NOT_AVAILABLE');
      return api.async(await this.#connectionTo(broker), acks, timeoutMs, led, state);
    });
    // All have ended before anything is tried again.
    await Promise.allSettled(sent);
    const [first, ...others] = await Promise.all(sent);
    if (!first) throw new Error('nothing to send');
    return { ...first, responses: [first, ...others].flatMap(({ responses }) => responses) };
  }

  #connectionTo(broker: Broker): Promise<Connection> {
    return promisify<Connection>((done) =>
      this[kGetConnection](broker, done as Callback<Connection>),
    )();
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
