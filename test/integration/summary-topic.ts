/** Writes rows of `summary-stats` into a lab as a back end would, for tests of what reads them. */
import { createEncoder } from '../../src/app/runtime/avro.ts';
import { openProducer } from '../../src/app/runtime/producer.ts';
import { openRegistry } from '../../src/app/runtime/registry.ts';
import { rowKey } from '../../src/app/stats/state/row-key.ts';
import type { SummaryRow } from '../../src/app/version.ts';
import { loadVersion } from '../../src/app/versions/load.ts';
import type { Lab } from '../../src/platform/platform.ts';

/** Opens the topic of a lab for writing with a version's schema. */
export async function openSummaryTopic(lab: Lab, versionName: string, topic = 'summary-stats') {
  const { summarySchema } = await loadVersion(versionName);
  const registry = openRegistry(lab.addresses.registry);
  const encoder = createEncoder(
    summarySchema,
    await registry.register(`${topic}-value`, summarySchema),
  );
  const producer = openProducer(lab.addresses.bootstrap, 'test-writer');

  async function sendBytes(messages: readonly (readonly [key: string, value: Buffer])[]) {
    await producer.send(
      messages.map(([text, value]) => {
        return { topic, key: Buffer.from(text), value };
      }),
    );
  }

  return {
    /** Sends bytes as they are; resolves when they are acknowledged. */
    sendBytes,
    /** Sends rows; resolves when they are acknowledged. */
    async send(...rows: readonly SummaryRow[]) {
      await sendBytes(
        rows.map((row) => [rowKey(row.sku, row.year, row.month), encoder.encode(row)] as const),
      );
    },
    [Symbol.asyncDispose]: () => producer.close(),
  };
}
