/** Fills a topic as the generator would, as fast as it goes. */
import { createEncoder } from '../../src/app/runtime/avro.ts';
import type { Message } from '../../src/app/runtime/producer.ts';
import { openProducer } from '../../src/app/runtime/producer.ts';
import { openRegistry } from '../../src/app/runtime/registry.ts';
import { loadVersion } from '../../src/app/versions/load.ts';
import type { Addresses } from '../../src/platform/platform.ts';
import type { Filling } from './generated.ts';
import { openRecordSource } from './generated.ts';
import { createTopic } from './topics.ts';
import type { Totals } from './totals.ts';
import { addToTotals } from './totals.ts';

/** A filled topic. */
export interface FilledTopic extends Filling {
  /** Records in it. */
  readonly records: number;
  /** Partition → the offset after its last record. */
  readonly ends: readonly number[];
  /** What any contender must come to; summed as the records were made. */
  readonly totals: Totals;
}

/** A topic that is filled step by step. */
export interface TopicFiller {
  /** Goes on until the topic holds `records`. */
  fillTo(records: number): Promise<FilledTopic>;
}

const BATCH_RECORDS = 4_000;
const SEQ = Buffer.from('seq');
const RUN = Buffer.from('run');
const RUN_ID = Buffer.from('bench');

/** Creates the topic, empty. */
export async function openTopicFiller(
  addresses: Addresses,
  filling: Filling,
): Promise<TopicFiller> {
  const { topic, partitions, skus } = filling;
  await createTopic(addresses.bootstrap, topic, partitions);
  const version = await loadVersion('v1');
  const schema = version.rawDataSchema('optional');
  const schemaId = await openRegistry(addresses.registry).register(`${topic}-value`, schema);
  const encoder = createEncoder(schema, schemaId);
  const source = openRecordSource(filling, version);
  const ends = new Array<number>(partitions).fill(0);
  const totals: Totals = new Map();
  let filled = 0;

  function nextBatch(size: number): Message[] {
    const messages: Message[] = [];
    filled += source.take(size, ({ partition, key }, seq, record) => {
      addToTotals(totals, record);
      ends[partition] = (ends[partition] ?? 0) + 1;
      const headers = new Map([
        [SEQ, Buffer.from(String(seq))],
        [RUN, RUN_ID],
      ]);
      messages.push({ topic, partition, key, value: encoder.encode(record), headers });
    });
    return messages;
  }

  return {
    async fillTo(records) {
      const producer = openProducer(addresses.bootstrap, `${topic}.filler`);
      try {
        let inFlight: Promise<void> = Promise.resolve();
        while (filled < records) {
          const messages = nextBatch(Math.min(BATCH_RECORDS, records - filled));
          if (messages.length === 0) throw new Error(`${skus} SKUs have only ${filled} records`);
          await inFlight;
          inFlight = producer.send(messages);
        }
        await inFlight;
      } finally {
        await producer.close();
      }
      return { ...filling, records: filled, ends: [...ends], totals: structuredClone(totals) };
    },
  };
}
