/** Reads a topic fast: raw fetches from every leader at once, the next one under way while a batch is worked on. */

import type { KafkaClient } from './kafka-client.ts';
import type { LogBatch, TopicExtent } from './log-input.ts';

const PARTITION_BYTES = 256 * 1024;
const RESPONSE_BYTES = 4 * 1024 * 1024;
const MAX_WAIT_MS = 500;
const ROUNDS_WITHOUT_PROGRESS = 20;
const CONTROL_BATCH = 1 << 5;

type FetchResponse = Awaited<ReturnType<KafkaClient['consumer']['fetch']>>;
type FetchedPartition = FetchResponse['responses'][number]['partitions'][number];

/**
 * The records of a topic between the offsets of its extent; a batch may reach beyond them.
 * Memory is bounded by two rounds of fetches: larger ones were slower, for all their records survive a collection. Rejects where the broker answers no more, and when aborted.
 */
export async function* readTopic(
  client: KafkaClient,
  extent: TopicExtent,
  signal?: AbortSignal,
): AsyncGenerator<LogBatch, void, undefined> {
  const positions = new Map<number, number>();
  for (const { partition, start, end } of extent.partitions) {
    if (start < end) positions.set(partition, start);
  }
  let idleRounds = 0;
  let round = fetchRound(client, extent, positions);
  while (positions.size > 0) {
    signal?.throwIfAborted();
    const partitions = await round;
    const advanced = advance(extent, positions, partitions);
    idleRounds = advanced ? 0 : idleRounds + 1;
    if (idleRounds > ROUNDS_WITHOUT_PROGRESS) throw stalled(extent, positions);
    round = fetchRound(client, extent, positions);
    for (const partition of partitions) yield* batchesOf(partition);
  }
}

/** Asks each leader for the partitions that are not read to their end yet. */
function fetchRound(
  { consumer }: KafkaClient,
  { topic, topicId }: TopicExtent,
  positions: ReadonlyMap<number, number>,
): Promise<FetchedPartition[]> {
  if (positions.size === 0) return Promise.resolve([]);
  const round = async (): Promise<FetchedPartition[]> => {
    const metadata = await consumer.metadata({ topics: [topic] });
    const byLeader = Map.groupBy(
      positions,
      ([partition]) => metadata.topics.get(topic)?.partitions[partition]?.leader ?? -1,
    );
    const responses = await Promise.all(
      [...byLeader].map(([node, wanted]) =>
        consumer.fetch({
          node,
          maxWaitTime: MAX_WAIT_MS,
          minBytes: 1,
          maxBytes: RESPONSE_BYTES,
          topics: [{ topicId, partitions: wanted.map(fetchPartition) }],
        }),
      ),
    );
    return responses.flatMap(({ responses: topics }) => topics.flatMap((each) => each.partitions));
  };
  const started = round();
  // It is awaited later, and never where the reader stops early: without this its failure would end the process.
  started.catch(() => undefined);
  return started;
}

function fetchPartition([partition, offset]: [partition: number, offset: number]) {
  return {
    partition,
    currentLeaderEpoch: -1,
    fetchOffset: BigInt(offset),
    lastFetchedEpoch: -1,
    partitionMaxBytes: PARTITION_BYTES,
  };
}

/** Moves the positions behind what was fetched; answers whether anything was. */
function advance(
  extent: TopicExtent,
  positions: Map<number, number>,
  partitions: readonly FetchedPartition[],
): boolean {
  let advanced = false;
  for (const { partitionIndex, records } of partitions) {
    const last = records?.at(-1);
    const position = positions.get(partitionIndex);
    if (last === undefined || position === undefined) continue;
    const next = Number(last.firstOffset) + last.lastOffsetDelta + 1;
    if (next <= position) continue;
    advanced = true;
    const end = extent.partitions.find(({ partition }) => partition === partitionIndex)?.end ?? 0;
    if (next >= end) positions.delete(partitionIndex);
    else positions.set(partitionIndex, next);
  }
  return advanced;
}

function* batchesOf({ partitionIndex, records }: FetchedPartition): Generator<LogBatch> {
  for (const batch of records ?? []) {
    if ((batch.attributes & CONTROL_BATCH) !== 0) continue;
    yield {
      partition: partitionIndex,
      firstOffset: Number(batch.firstOffset),
      records: batch.records,
    };
  }
}

function stalled({ topic }: TopicExtent, positions: ReadonlyMap<number, number>): Error {
  const where = [...positions].map(([partition, offset]) => `${partition} at offset ${offset}`);
  return new Error(`${topic} gives no more records: partition ${where.join(', ')}`);
}
