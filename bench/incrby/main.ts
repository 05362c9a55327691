/** The other baseline: one INCRBY per record, the offset kept nowhere, so that a crash loses or doubles. */
import { createDecoder, schemaIdOf } from '../../src/app/runtime/avro.ts';
import { openLogReader } from '../../src/app/runtime/log-reader.ts';
import { eachRecord } from '../../src/app/runtime/log-slice.ts';
import { openRegistry } from '../../src/app/runtime/registry.ts';
import { connectValkey } from '../../src/app/runtime/valkey.ts';
import type { RawRecord } from '../../src/app/version.ts';
import { loadVersion } from '../../src/app/versions/load.ts';

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

function say(event: string): void {
  process.stdout.write(`${JSON.stringify({ event, time: Date.now() })}\n`);
}

const topic = setting('RAW_TOPIC');
const namespace = setting('STATE_NAMESPACE');
/** Commands sent before their replies are awaited. */
const inFlight = Number(setting('IN_FLIGHT'));
const ends: number[] = JSON.parse(setting('ENDS'));
const version = await loadVersion('v1');
const bootstrap = setting('KAFKA_BOOTSTRAP');
const reader = openLogReader({ bootstrap, clientId: 'bench.incrby', topic });
const registry = openRegistry(setting('REGISTRY_URL'));
const decoder = createDecoder<RawRecord>(version.rawDataSchema('optional'), registry);
const valkey = connectValkey(setting('VALKEY'), (error) => {
  throw error;
});
await valkey.ping();

/** Row key and quantity of each record of a slice. */
async function increments(slice: Parameters<typeof eachRecord>[0]): Promise<[string, number][]> {
  const values: Buffer[] = [];
  const end = ends[slice.partition] ?? 0;
  eachRecord(slice, ({ offset, value }) => {
    if (value && offset < end) values.push(value);
  });
  const found: [string, number][] = [];
  for (const value of values) {
    const schemaId = schemaIdOf(value);
    if (!decoder.isPrepared(schemaId)) await decoder.prepare(schemaId);
    const { sku, year, month, manufactured_qty } = decoder.decode(value, schemaId);
    const key = `${namespace}:${sku}|${year}-${month < 10 ? '0' : ''}${month}`;
    found.push([key, Number(manufactured_qty)]);
  }
  return found;
}

async function count(rows: readonly [string, number][]): Promise<void> {
  if (inFlight === 1) {
    for (const [key, quantity] of rows) await valkey.incrby(key, quantity);
    return;
  }
  for (let at = 0; at < rows.length; at += inFlight) {
    const pipeline = valkey.pipeline();
    for (const [key, quantity] of rows.slice(at, at + inFlight)) pipeline.incrby(key, quantity);
    await pipeline.exec();
  }
}

const ranges = new Map(ends.map((end, partition) => [partition, [0, end] as const]));
say('running');
await reader.read(ranges, async (slice) => count(await increments(slice)));
say('finished');
process.on('SIGTERM', () => process.exit(0));
setInterval(() => undefined, 60_000);
