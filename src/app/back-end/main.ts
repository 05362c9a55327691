/** The Back End: counts raw records into totals per SKU and month, exactly once, and publishes what changed. */
import '../runtime/lazy-validators.ts';
import Type from 'typebox';
import type { BackEndParts } from '../defects/defect.ts';
import { loadDefect } from '../defects/index.ts';
import { createDecoder, createEncoder } from '../runtime/avro.ts';
import { openLogReader, TopicReplacedError } from '../runtime/log-reader.ts';
import type { Slice } from '../runtime/log-slice.ts';
import { openProducer } from '../runtime/producer.ts';
import type { ProgramContext, Running } from '../runtime/program.ts';
import { runProgram } from '../runtime/program.ts';
import { reasonOf } from '../runtime/reason.ts';
import { ENDLESS_PATIENCE, openRegistry } from '../runtime/registry.ts';
import { createMetrics, createServiceHttp } from '../runtime/service-http.ts';
import { CommonSettings, HostPort } from '../runtime/settings.ts';
import { connectValkey } from '../runtime/valkey.ts';
import type { RawRecord, SchemaStyle } from '../version.ts';
import { loadVersion } from '../versions/load.ts';
import { sendDeadLetters } from './dead-letters.ts';
import { foldSlice } from './fold.ts';
import { Hold, MOST_HOLD_MS } from './hold.ts';
import { watchLogEnds } from './log-ends.ts';
import type { Assignment } from './membership.ts';
import { joinGroup } from './membership.ts';
import { createBackEndMetrics } from './metrics.ts';
import { PartitionOwner } from './partition-owner.ts';
import { openPartitionState } from './partition-state.ts';
import type { Publisher } from './publisher.ts';
import { startPublisher } from './publisher.ts';
import { ReadyLag, readinessOf } from './readiness.ts';

const NOTHING: ReadonlyMap<number, number> = new Map();
const HOLD = Type.Object({ milliseconds: Type.Integer({ minimum: 0, maximum: MOST_HOLD_MS }) });

const Settings = Type.Object({
  ...CommonSettings,
  VALKEY: HostPort('state DB of the back end, host:port'),
  GROUP: Type.String({ default: 'back-end', minLength: 1, description: 'consumer group' }),
  STATE_NAMESPACE: Type.String({
    default: 'back-end',
    pattern: '^[A-Za-z0-9_.-]+$',
    description: 'prefix of the keys in the state DB',
  }),
  EPOCH: Type.Integer({
    default: 1,
    minimum: 1,
    description: 'deployment epoch: raise it when the consumer group was deleted',
  }),
  READY_LAG: ReadyLag,
});

const HOUSEKEEPING_MS = 2_000;

async function start(
  settings: Type.Static<typeof Settings>,
  context: ProgramContext,
): Promise<Running> {
  const { log } = context;
  const clientId = settings.INSTANCE || 'back-end';
  const defect = await loadDefect(settings.DEFECT, log);
  const stopping = new AbortController();
  const registry = openRegistry(settings.REGISTRY_URL, undefined, stopping.signal);
  const valkey = connectValkey(settings.VALKEY, (error) =>
    log.warn({ event: 'valkey' }, reasonOf(error)),
  );
  const { KAFKA_BOOTSTRAP: bootstrap, RAW_TOPIC: topic } = settings;
  const reader = openLogReader({ bootstrap, clientId: `${clientId}.reader`, topic });
  const producer = openProducer(bootstrap, `${clientId}.producer`);
  const loaded = await loadVersion(settings.APP_VERSION);
  const readerSchema = loaded.rawDataSchema(settings.SCHEMA_STYLE as SchemaStyle);
  const sound: BackEndParts = {
    version: loaded,
    decoder: createDecoder<RawRecord>(readerSchema, registry),
    foldSlice,
    openState: (partition, scripts) =>
      openPartitionState(valkey, settings.STATE_NAMESPACE, partition, scripts),
  };
  const parts = defect.backEnd?.(sound) ?? sound;
  const { version } = parts;
  const owners = new Map<number, PartitionOwner>();
  const registryOfMetrics = createMetrics({ instance: clientId, version: version.name });
  const lags = () =>
    new Map([...owners].map(([partition, owner]) => [partition, owner.lagRecords]));
  const metrics = createBackEndMetrics(registryOfMetrics, lags);
  const hold = new Hold();
  let assignment: Assignment | undefined;

  function createOwner(partition: number): PartitionOwner {
    return new PartitionOwner(
      {
        partition,
        reader,
        state: parts.openState(partition),
        folding: version,
        decoder: parts.decoder,
        foldSlice: parts.foldSlice,
        metrics,
        log,
        deadLetters: (letters) =>
          sendDeadLetters(producer, settings.DLQ_TOPIC, topic, partition, letters),
      },
      tokenOf(settings.EPOCH, assignment),
    );
  }

  function take(assigned: Assignment): void {
    assignment = assigned;
    log.info({ event: 'assigned', ...assigned }, `generation ${assigned.generation}`);
    for (const [partition, owner] of owners) {
      if (assigned.partitions.includes(partition)) continue;
      owners.delete(partition);
      void owner.release();
    }
    for (const partition of assigned.partitions) {
      const owner = owners.get(partition) ?? createOwner(partition);
      owners.set(partition, owner);
      void owner.acquire(tokenOf(settings.EPOCH, assigned));
    }
  }

  const following = reader.follow({
    wanted: () => (hold.isOn ? NOTHING : wantedOf(owners)),
    accept: (slice: Slice) => !hold.isOn && (owners.get(slice.partition)?.accept(slice) ?? false),
    handle: async (slice: Slice) => owners.get(slice.partition)?.handle(slice),
    failed(error) {
      log.warn({ event: 'fetch-failed' }, reasonOf(error));
      if (!(error instanceof TopicReplacedError)) return;
      for (const owner of owners.values()) owner.suspect(error.message);
    },
  });

  const watching = watchLogEnds(reader, owners, log, stopping.signal);

  const membership = joinGroup({
    bootstrap,
    clientId,
    group: settings.GROUP,
    topic,
    log,
    assigned: take,
  });
  let publisher: Publisher | undefined;
  const publishing = openRegistry(settings.REGISTRY_URL, ENDLESS_PATIENCE, stopping.signal)
    .register(`${settings.SUMMARY_TOPIC}-value`, version.summarySchema)
    .then((schemaId) => {
      const encoder = createEncoder(version.summarySchema, schemaId);
      publisher = startPublisher({
        ...{ producer, encoder, topic: settings.SUMMARY_TOPIC, metrics, log },
        summarise: version.summarise,
        owners: () => owners.values(),
      });
    })
    .catch((error: unknown) => {
      if (!stopping.signal.aborted) context.fail(error);
    });

  const housekeeping = setInterval(() => {
    const positions = new Map([...owners].map(([partition, owner]) => [partition, owner.next]));
    membership.commit(positions).catch((error: unknown) => {
      log.debug({ event: 'commit-failed' }, reasonOf(error));
    });
    for (const owner of owners.values()) {
      owner.check().catch((error: unknown) => {
        log.debug({ event: 'check-failed' }, reasonOf(error));
      });
    }
  }, HOUSEKEEPING_MS);

  const http = createServiceHttp(registryOfMetrics, () =>
    readinessOf({
      assigned: assignment !== undefined,
      silentMs: membership.silentMs(),
      canPublish: publisher !== undefined,
      owners: owners.values(),
      readyLag: settings.READY_LAG,
    }),
  );
  http.get('/partitions', async () => ({
    generation: assignment?.generation ?? null,
    partitions: [...owners.values()].map((owner) => ({
      partition: owner.partition,
      next: owner.next,
      logEnd: owner.logEnd,
      halted: owner.halted ?? null,
    })),
  }));
  http.put('/hold', { schema: { body: HOLD } }, async (request) => {
    const { milliseconds } = request.body as Type.Static<typeof HOLD>;
    return { held: await hold.set(milliseconds, () => owners.values()) };
  });

  return {
    http,
    async stop() {
      clearInterval(housekeeping);
      stopping.abort();
      await publishing;
      await watching;
      await following.stop();
      await Promise.all([...owners.values()].map((owner) => owner.release()));
      await publisher?.finish();
      await membership.leave();
      await producer.close();
      await reader.close();
      valkey.disconnect();
    },
  };
}

function tokenOf(deployment: number, assignment: Assignment | undefined) {
  const { generation = 0, memberId = '' } = assignment ?? {};
  return { deployment, generation, owner: memberId };
}

function wantedOf(owners: ReadonlyMap<number, PartitionOwner>): Map<number, number> {
  const wanted = new Map<number, number>();
  for (const [partition, { position }] of owners) {
    if (position !== undefined) wanted.set(partition, position);
  }
  return wanted;
}

await runProgram('back-end', Settings, start);
