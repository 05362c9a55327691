/** Reads partitions of one topic from chosen offsets, in fetch-sized slices, without a consumer group. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ListOffsetTimestamps } from '@platformatic/kafka';
import { FetchingConsumer } from './fetching-consumer.ts';
import type { Slice } from './log-slice.ts';
import { sliceOf } from './log-slice.ts';

/** Where reading stands and what becomes of what is read; the follower asks `wanted` anew before each fetch. */
export interface Follower {
  /** Partition → offset to read next. */
  wanted(): ReadonlyMap<number, number>;
  /** Called as soon as a slice arrives and before the next fetch is sent, so that `wanted` can move on; false drops it. */
  accept(slice: Slice): boolean;
  /** Does the work; awaited before the next slice of the same broker is handled. */
  handle(slice: Slice): Promise<void>;
  /** A fetch failed; reading goes on after a pause. */
  failed(error: unknown): void;
}

/** The topic under this name is another one than the one that reading began with. */
export class TopicReplacedError extends Error {
  constructor(topic: string, from: string, to: string) {
    super(`the topic ${topic} was created anew: its id was ${from}, now it is ${to}`);
    this.name = 'TopicReplacedError';
  }
}

/** A reader of one topic. */
export interface LogReader {
  /** Id of the topic that bears the name now, as the broker tells it. */
  topicId(): Promise<string>;
  partitionCount(): Promise<number>;
  /** First offset still in the log, or the offset after the last record, of each partition. */
  offsets(which: 'start' | 'end'): Promise<number[]>;
  /** Reads until `stop`; one loop for each broker that leads wanted partitions. */
  follow(follower: Follower): { stop(): Promise<void> };
  /** Reads partition → [from, to) once and calls back for each slice; rejects where a fetch fails. */
  read(
    ranges: ReadonlyMap<number, readonly [from: number, to: number]>,
    visit: (slice: Slice) => Promise<void>,
  ): Promise<void>;
  close(): Promise<void>;
}

/** How to read. */
export interface LogReaderOptions {
  readonly bootstrap: string;
  readonly clientId: string;
  readonly topic: string;
  /** Largest answer to one fetch; bounds the memory that reading takes. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 1024 * 1024;
const MAX_WAIT_MS = 250;
const PAUSE_AFTER_FAILURE_MS = 300;
const IDLE_MS = 20;
const NO_LEADER_EPOCH = -1;

/** Opens a reader; nothing is sent before it is used. */
export function openLogReader(options: LogReaderOptions): LogReader {
  const { topic, maxBytes = MAX_BYTES } = options;
  const consumer = new FetchingConsumer({
    clientId: options.clientId,
    groupId: `${options.clientId}.no-group`,
    bootstrapBrokers: options.bootstrap.split(','),
    maxBytes,
    retries: 1,
    retryDelay: 100,
  });
  consumer.topics.track(topic);

  async function describe(forceUpdate = false) {
    const metadata = await consumer.metadata({ topics: [topic], forceUpdate });
    const described = metadata.topics.get(topic);
    if (!described) throw new Error(`the topic ${topic} does not exist`);
    return described;
  }

  let followedId: string | undefined;

  async function wantedByLeader(follower: Follower) {
    const { id, partitions } = await describe();
    followedId ??= id;
    if (id !== followedId) throw new TopicReplacedError(topic, followedId, id);
    const byLeader = new Map<number, { partition: number; offset: number }[]>();
    for (const [partition, offset] of follower.wanted()) {
      const leader = partitions[partition]?.leader ?? -1;
      const led = byLeader.get(leader) ?? [];
      led.push({ partition, offset });
      byLeader.set(leader, led);
    }
    return { topicId: id, byLeader };
  }

  async function fetchFrom(
    node: number,
    topicId: string,
    wanted: readonly { partition: number; offset: number }[],
  ): Promise<Slice[]> {
    const partitions = wanted.map(({ partition, offset }) => ({
      partition,
      currentLeaderEpoch: NO_LEADER_EPOCH,
      fetchOffset: BigInt(offset),
      lastFetchedEpoch: NO_LEADER_EPOCH,
      partitionMaxBytes: maxBytes,
    }));
    const from = new Map(wanted.map(({ partition, offset }) => [partition, offset]));
    const topics = [{ topicId, partitions }];
    const request = { node, maxWaitTime: MAX_WAIT_MS, minBytes: 1, maxBytes, topics };
    const fetched = await consumer.fetchStored(request, topicId);
    return fetched.flatMap((one) => sliceOf(one, from.get(one.partition)));
  }

  async function followLeader(node: number, follower: Follower, running: () => boolean) {
    let handling: Promise<unknown> = Promise.resolve();
    while (running()) {
      const { topicId, byLeader } = await wantedByLeader(follower);
      const wanted = byLeader.get(node);
      if (!wanted) break;
      const slices = (await fetchFrom(node, topicId, wanted)).filter(follower.accept);
      await handling;
      handling = handleAll(slices, follower);
    }
    await handling;
  }

  function follow(follower: Follower) {
    let running = true;
    const loops = new Map<number, Promise<void>>();
    const runLoop = async (node: number) => {
      try {
        await followLeader(node, follower, () => running);
      } catch (error) {
        consumer.clearMetadata();
        if (running) follower.failed(error);
        await sleep(PAUSE_AFTER_FAILURE_MS);
      } finally {
        loops.delete(node);
      }
    };
    const supervise = async () => {
      while (running) {
        try {
          const { byLeader } = await wantedByLeader(follower);
          for (const node of byLeader.keys()) {
            if (!loops.has(node)) loops.set(node, runLoop(node));
          }
          await sleep(IDLE_MS);
        } catch (error) {
          consumer.clearMetadata();
          if (running) follower.failed(error);
          await sleep(PAUSE_AFTER_FAILURE_MS);
        }
      }
    };
    const supervision = supervise();
    return {
      async stop() {
        running = false;
        await supervision;
        await Promise.all(loops.values());
      },
    };
  }

  async function read(
    ranges: ReadonlyMap<number, readonly [from: number, to: number]>,
    visit: (slice: Slice) => Promise<void>,
  ): Promise<void> {
    const positions = new Map<number, number>();
    for (const [partition, [from, to]] of ranges) if (from < to) positions.set(partition, from);
    if (positions.size === 0) return;
    const finished = Promise.withResolvers<void>();
    const pending = new Map(positions);
    const following = follow({
      wanted: () => positions,
      accept(slice) {
        if (slice.from !== positions.get(slice.partition)) return false;
        const to = ranges.get(slice.partition)?.[1] ?? 0;
        if (slice.next >= to) positions.delete(slice.partition);
        else positions.set(slice.partition, slice.next);
        return true;
      },
      async handle(slice) {
        await visit(slice);
        if (slice.next >= (ranges.get(slice.partition)?.[1] ?? 0)) pending.delete(slice.partition);
        if (pending.size === 0) finished.resolve();
      },
      failed: finished.reject,
    });
    try {
      await finished.promise;
    } finally {
      await following.stop();
    }
  }

  return {
    follow,
    read,
    topicId: async () => (await describe(true)).id,
    partitionCount: async () => (await describe()).partitionsCount,
    async offsets(which) {
      const timestamp =
        which === 'start' ? ListOffsetTimestamps.EARLIEST : ListOffsetTimestamps.LATEST;
      const found = await consumer.listOffsets({ topics: [topic], timestamp });
      return (found.get(topic) ?? []).map(Number);
    },
    close: () => consumer.close(true),
  };
}

async function handleAll(slices: readonly Slice[], follower: Follower): Promise<void> {
  try {
    for (const slice of slices) await follower.handle(slice);
  } catch (error) {
    follower.failed(error);
  }
}
