/** Publishes changed rows to `summary-stats` and confirms them once the broker has them. */
import type { Logger } from 'pino';
import type { Encoder } from '../runtime/avro.ts';
import type { Message, SerialProducer } from '../runtime/producer.ts';
import { reasonOf } from '../runtime/reason.ts';
import type { ApplicationVersion } from '../version.ts';
import type { BackEndMetrics } from './metrics.ts';
import type { PartitionOwner } from './partition-owner.ts';
import type { UnpublishedRow } from './unpublished-page.ts';

/** What the publisher works with. */
export interface PublisherParts {
  readonly producer: SerialProducer;
  readonly encoder: Encoder;
  readonly topic: string;
  readonly summarise: ApplicationVersion['summarise'];
  readonly metrics: BackEndMetrics;
  readonly log: Logger;
  owners(): Iterable<PartitionOwner>;
}

/** Publishes in the background. */
export interface Publisher {
  /** Publishes everything that is not confirmed, then stops. */
  finish(): Promise<void>;
}

/** What changes meanwhile is published together, rows that change twice once. */
const TICK_MS = 250;
/** Changed rows of a partition that is behind wait this long, so that rows that change on are published once. */
const WAIT_MS = 1_000;
/** While a partition is behind, so much is published of it at a time, and the rest later. */
const TURN_MS = 25;
/** While partitions are behind, publishing rests this much longer than it took: counting on comes first. */
const REST = 19;

/** Starts publishing: a partition that has caught up at the next tick, any other each second or, with very many rows, a twentieth of the time. */
export function startPublisher(parts: PublisherParts): Publisher {
  const lastMs = new Map<number, number>();
  const waitedSince = (owner: PartitionOwner) => lastMs.get(owner.partition) ?? 0;
  let restUntilMs = 0;
  let publishing: Promise<void> = Promise.resolve();
  let busy = false;

  function isDue(owner: PartitionOwner): boolean {
    if (!owner.dirty || owner.incarnation === undefined) return false;
    const now = Date.now();
    return owner.lagRecords === 0 || (now >= restUntilMs && now - waitedSince(owner) >= WAIT_MS);
  }

  async function publishDue(all: boolean): Promise<void> {
    const longestWaiting = [...parts.owners()].sort((a, b) => waitedSince(a) - waitedSince(b));
    for (const owner of longestWaiting) {
      if (!all && !isDue(owner)) continue;
      const startMs = Date.now();
      lastMs.set(owner.partition, startMs);
      owner.dirty = false;
      try {
        const isTurnOver = () => !all && owner.lagRecords > 0 && Date.now() - startMs >= TURN_MS;
        if (!(await publishPartition(parts, owner, isTurnOver))) owner.dirty = true;
      } catch (error) {
        owner.dirty = true;
        parts.log.warn({ event: 'publish-failed', partition: owner.partition }, reasonOf(error));
      }
      const nowMs = Date.now();
      restUntilMs = nowMs + REST * (nowMs - startMs);
    }
  }

  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    publishing = publishDue(false).finally(() => {
      busy = false;
    });
  }, TICK_MS);

  return {
    async finish() {
      clearInterval(timer);
      await publishing;
      await publishDue(true);
    },
  };
}

/** Publishes page after page until the turn is over; answers whether nothing is left. */
async function publishPartition(
  parts: PublisherParts,
  owner: PartitionOwner,
  isTurnOver: () => boolean,
): Promise<boolean> {
  const { incarnation, partition, state, token } = owner;
  if (incarnation === undefined) return true;
  for await (const page of state.unpublished(token, incarnation)) {
    await parts.producer.send(page.rows.map((row) => messageOf(parts, partition, row)));
    await state.confirm(incarnation, page);
    parts.metrics.published(page.rows.length);
    if (isTurnOver()) return false;
  }
  return true;
}

function messageOf(parts: PublisherParts, partition: number, row: UnpublishedRow): Message {
  const { key, sku, year, month, version, columns } = row;
  const summary = { sku, year, month, ...parts.summarise(columns), partition, version };
  return { topic: parts.topic, key, value: parts.encoder.encode(summary) };
}
