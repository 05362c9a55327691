/** Publishes changed rows to `summary-stats` and confirms them once the broker has them. */
import type { Logger } from 'pino';
import type { Encoder } from '../runtime/avro.ts';
import type { Message, SerialProducer } from '../runtime/producer.ts';
import { reasonOf } from '../runtime/program.ts';
import type { ApplicationVersion } from '../version.ts';
import type { BackEndMetrics } from './metrics.ts';
import type { PartitionOwner } from './partition-owner.ts';
import type { UnpublishedRow } from './partition-state.ts';

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

const TICK_MS = 100;
/** Changed rows wait no longer than this, however busy the back end is. */
const LONGEST_WAIT_MS = 1_000;

/** Starts publishing: a partition that has caught up at once, any other each second. */
export function startPublisher(parts: PublisherParts): Publisher {
  const lastMs = new Map<number, number>();
  let publishing: Promise<void> = Promise.resolve();
  let busy = false;

  function isDue(owner: PartitionOwner, nowMs: number): boolean {
    if (!owner.dirty || owner.incarnation === undefined) return false;
    return owner.lagRecords === 0 || nowMs - (lastMs.get(owner.partition) ?? 0) >= LONGEST_WAIT_MS;
  }

  async function publishDue(all: boolean): Promise<void> {
    for (const owner of parts.owners()) {
      if (!all && !isDue(owner, Date.now())) continue;
      lastMs.set(owner.partition, Date.now());
      owner.dirty = false;
      try {
        await publishPartition(parts, owner);
      } catch (error) {
        owner.dirty = true;
        parts.log.warn({ event: 'publish-failed', partition: owner.partition }, reasonOf(error));
      }
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

async function publishPartition(parts: PublisherParts, owner: PartitionOwner): Promise<void> {
  const { incarnation, partition, state, token } = owner;
  if (incarnation === undefined) return;
  for await (const rows of state.unpublished(token, incarnation)) {
    await parts.producer.send(rows.map((row) => messageOf(parts, partition, row)));
    await state.confirm(incarnation, rows);
    parts.metrics.published(rows.length);
  }
}

function messageOf(parts: PublisherParts, partition: number, row: UnpublishedRow): Message {
  const { sku, year, month } = identityOf(row.key);
  const { version, columns } = row;
  const summary = { sku, year, month, ...parts.summarise(columns), partition, version };
  return {
    topic: parts.topic,
    key: Buffer.from(row.key, 'utf8'),
    value: parts.encoder.encode(summary),
  };
}

/** Parts of a row key, `<sku>|<yyyy-mm>`. */
function identityOf(key: string): { sku: string; year: number; month: number } {
  const at = key.lastIndexOf('|');
  return {
    sku: key.slice(0, at),
    year: Number(key.slice(at + 1, at + 5)),
    month: Number(key.slice(at + 6)),
  };
}
