/** A consumer whose fetches leave the records in the bytes they came in; the client itself parses every field of each. */
import type { API, Callback, Reader } from '@platformatic/kafka';
import {
  Consumer,
  createAPI,
  fetchV13,
  fetchV14,
  fetchV15,
  fetchV16,
  fetchV17,
  kGetApi,
  ResponseError,
} from '@platformatic/kafka';
import type { StoredBatch } from './stored-batch.ts';
import { storedBatches } from './stored-batch.ts';

/** What a fetch brought of one partition. */
export interface FetchedPartition {
  readonly partition: number;
  /** High watermark: the offset that the next record will get. */
  readonly logEnd: number;
  readonly batches: readonly StoredBatch[];
}

/** From version 13 (Kafka 3.1) on a fetch names topics by id, which is what tells a re-created topic from the old one. */
const FETCH_VERSIONS = [fetchV13, fetchV14, fetchV15, fetchV16, fetchV17];

const apis = new Map(
  FETCH_VERSIONS.map(({ api, createRequest }) => [
    api.version,
    createAPI(api.key, api.version, createRequest, parseResponse),
  ]),
);

/** A consumer to fetch with. */
export class FetchingConsumer extends Consumer {
  override [kGetApi]<Arguments extends unknown[], Response>(
    name: string,
    callback: Callback<API<Arguments, Response>>,
  ): void {
    super[kGetApi]<Arguments, Response>(name, (error, api) => {
      if (error || !api || name !== 'Fetch') return callback(error, api);
      const fetching = apis.get(api.version) as API<Arguments, Response> | undefined;
      if (fetching) return callback(null, fetching);
      const found = `the broker knows version ${api.version} of Fetch`;
      callback(new Error(`${found}: Kafka 3.1 or newer is needed`));
    });
  }

  /** What a fetch brought of one topic. */
  async fetchStored(
    request: Parameters<Consumer['fetch']>[0],
    topicId: string,
  ): Promise<FetchedPartition[]> {
    const { responses } = await this.fetch(request);
    return responses
      .filter((response) => response.topicId === topicId)
      .flatMap((response) => response.partitions)
      .map(({ partitionIndex, highWatermark, records }) => ({
        partition: partitionIndex,
        logEnd: Number(highWatermark),
        batches: (records ?? []) as unknown as StoredBatch[],
      }));
  }
}

/** Records stand in `records` as {@link StoredBatch}; of the client's batches it has what the client looks at. */
function parseResponse(
  _id: number,
  apiKey: number,
  apiVersion: number,
  reader: Reader,
): fetchV17.FetchResponse {
  const errors: Record<string, [number, null]> = {};
  const throttleTimeMs = reader.readInt32();
  const errorCode = reader.readInt16();
  if (errorCode !== 0) errors[''] = [errorCode, null];
  const sessionId = reader.readInt32();
  const responses = reader.readArray((topic, at) => ({
    topicId: topic.readUUID(),
    partitions: topic.readArray(
      (partition, index) => {
        const parsed = parsePartition(partition);
        if (parsed.errorCode !== 0) {
          errors[`/responses/${at}/partitions/${index}`] = [parsed.errorCode, null];
        }
        return parsed;
      },
      true,
      false,
    ),
  }));
  reader.readTaggedFields();
  const response = {
    throttleTimeMs,
    errorCode,
    sessionId,
    responses,
  } as unknown as fetchV17.FetchResponse;
  if (Object.keys(errors).length > 0) throw new ResponseError(apiKey, apiVersion, errors, response);
  return response;
}

function parsePartition(reader: Reader) {
  const partition = {
    partitionIndex: reader.readInt32(),
    errorCode: reader.readInt16(),
    highWatermark: reader.readInt64(),
    lastStableOffset: reader.readInt64(),
    logStartOffset: reader.readInt64(),
    abortedTransactions: reader.readNullableArray((aborted) => ({
      producerId: aborted.readInt64(),
      firstOffset: aborted.readInt64(),
    })),
    preferredReadReplica: reader.readInt32(),
    records: parseRecords(reader),
  };
  reader.readTaggedFields();
  return partition;
}

/** Compact: the length is one more than the number of bytes, 0 stands for none. */
function parseRecords(reader: Reader): StoredBatch[] {
  const size = reader.readUnsignedVarInt() - 1;
  if (size <= 0) return [];
  const bytes = reader.buffer.slice(reader.position, reader.position + size);
  reader.skip(size);
  return storedBatches(bytes);
}
