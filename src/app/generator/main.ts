/** The Raw Data Generator: writes one record per SKU and hour to `raw-data-in`, and goes on where the log ends. */
import '../runtime/lazy-validators.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { Counter } from 'prom-client';
import Type from 'typebox';
import { loadDefect } from '../defects/index.ts';
import { createEncoder } from '../runtime/avro.ts';
import { openLogReader } from '../runtime/log-reader.ts';
import { openProducer } from '../runtime/producer.ts';
import type { ProgramContext, Running } from '../runtime/program.ts';
import { runProgram } from '../runtime/program.ts';
import { reasonOf } from '../runtime/reason.ts';
import { openRegistry, RegistryRefusal } from '../runtime/registry.ts';
import { createMetrics, createServiceHttp } from '../runtime/service-http.ts';
import { CommonSettings } from '../runtime/settings.ts';
import type { SchemaStyle } from '../version.ts';
import { loadVersion } from '../versions/load.ts';
import { orders } from './order.ts';
import { createPace } from './pace.ts';
import { Production } from './production.ts';
import { parseSkuList, SKU_LIST } from './sku-list.ts';

const Settings = Type.Object({
  ...CommonSettings,
  SKUS: Type.String({ pattern: SKU_LIST, description: 'SKUs by number, e.g. 0-9,12' }),
  ORDER: Type.Enum(['chronological', 'shuffled'], {
    default: 'chronological',
    description: 'order of the hours of a SKU',
  }),
  RATE: Type.String({
    default: 'max',
    pattern: '^(max|[1-9][0-9]{0,8})$',
    description: 'records per second, or max',
  }),
  RATE_SKUS: Type.Optional(
    Type.Integer({
      minimum: 1,
      description:
        'SKUs that the rate is for, of which this generator keeps to its share; default: those of SKUS',
    }),
  ),
});

const RETRY_MS = 500;
const ASSIGNMENT = {
  type: 'object',
  required: ['skus'],
  additionalProperties: false,
  properties: {
    skus: {
      type: 'array',
      uniqueItems: true,
      items: { type: 'integer', minimum: 0, maximum: 999_999 },
    },
  },
};

async function start(
  settings: Type.Static<typeof Settings>,
  context: ProgramContext,
): Promise<Running> {
  const { log } = context;
  const clientId = settings.INSTANCE || 'generator';
  const defect = await loadDefect(settings.DEFECT, log);
  const loaded = await loadVersion(settings.APP_VERSION);
  const version = defect.generator?.(loaded) ?? loaded;
  const registry = openRegistry(settings.REGISTRY_URL);
  const { KAFKA_BOOTSTRAP: bootstrap, RAW_TOPIC: topic } = settings;
  const reader = openLogReader({ bootstrap, clientId: `${clientId}.reader`, topic });
  const producer = openProducer(bootstrap, `${clientId}.producer`);
  const metrics = createMetrics({ instance: clientId, version: version.name });
  const records = new Counter({
    name: 'cutover_records_produced_total',
    help: 'Records that the broker acknowledged',
    registers: [metrics],
  });
  let production: Production | undefined;
  let ready = false;
  let stopped = false;

  const first = parseSkuList(settings.SKUS);
  const skusOfRate = settings.RATE_SKUS ?? Math.max(1, first.length);
  const share = () => Math.min(1, (production?.lines.length ?? 0) / skusOfRate);

  async function begin(): Promise<void> {
    const schema = version.rawDataSchema(settings.SCHEMA_STYLE as SchemaStyle);
    const schemaId = await registry.register(`${topic}-value`, schema);
    production = new Production({
      ...{ reader, registry, version, producer, topic, log, seed: settings.SEED },
      order: orders[settings.ORDER as keyof typeof orders],
      encoder: createEncoder(schema, schemaId),
      runId: settings.RUN_ID,
      pace: createPace(settings.RATE === 'max' ? 'max' : Number(settings.RATE), share),
      acknowledged: (count) => records.inc(count),
    });
    await production.assign(first);
    ready = true;
    await production.run();
  }

  /** Kafka and the registry may still be starting; only a refusal is final. */
  async function beginUntilStopped(): Promise<void> {
    while (!stopped) {
      try {
        return await begin();
      } catch (error) {
        if (error instanceof RegistryRefusal) return context.fail(error);
        log.warn({ event: 'start-failed' }, reasonOf(error));
        await sleep(RETRY_MS);
      }
    }
  }

  const producing = beginUntilStopped();
  const http = createServiceHttp(metrics, () => ({
    ready,
    reason: ready ? 'produces' : 'looks in the log where to go on',
  }));
  const describe = () => ({
    skus: production?.lines.map(({ index }) => index) ?? [],
    acknowledged: Object.fromEntries(production?.acknowledged ?? []),
    rate: settings.RATE === 'max' ? 'max' : Number(settings.RATE),
    complete: ready && production?.complete === true,
  });
  http.get('/assignment', async () => describe());
  http.put('/assignment', { schema: { body: ASSIGNMENT } }, async (request, reply) => {
    if (!production || !ready)
      return reply.code(503).send({ status: 'waiting', reason: 'not ready yet' });
    await production.assign((request.body as { skus: number[] }).skus);
    return describe();
  });

  return {
    http,
    async stop() {
      stopped = true;
      await production?.stop();
      if (production) await producing;
      await producer.close();
      await reader.close();
    },
  };
}

await runProgram('generator', Settings, start);
