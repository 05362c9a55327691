/** The Summary Stats UI: keeps the latest summary rows in its state DB and shows them over HTTP. */
import '../runtime/lazy-validators.ts';
import Type from 'typebox';
import { createDecoder } from '../runtime/avro.ts';
import { openLogReader } from '../runtime/log-reader.ts';
import type { ProgramContext, Running } from '../runtime/program.ts';
import { runProgram } from '../runtime/program.ts';
import { openRegistry } from '../runtime/registry.ts';
import { createMetrics } from '../runtime/service-http.ts';
import { CommonSettings, HostPort } from '../runtime/settings.ts';
import type { SummaryRow } from '../version.ts';
import { loadVersion } from '../versions/load.ts';
import { consumeSummaries } from './consume.ts';
import { createStatsHttp } from './http/server.ts';
import { Progress } from './progress.ts';
import { connectState } from './state/connect.ts';
import { stateKeys } from './state/keys.ts';
import { openSummaryDb } from './state/summary-db.ts';
import { openSummaryStore } from './state/summary-store.ts';

const NAME = 'stats';
/** Shorter than what stopping may take; reading the topic tries again anyway. */
const REGISTRY_PATIENCE = { forMs: 2_000, everyMs: 500 };

const Settings = Type.Object({
  ...CommonSettings,
  VALKEY: HostPort('state DB of the Summary Stats UI, host:port'),
  STATE_NAMESPACE: Type.String({
    default: '',
    maxLength: 200,
    description: 'first part of all keys in the state DB; stats-<version> where not given',
  }),
});
type Settings = Type.Static<typeof Settings>;

async function start(settings: Settings, { log }: ProgramContext): Promise<Running> {
  const version = await loadVersion(settings.APP_VERSION);
  const instance = settings.INSTANCE || NAME;
  const keys = stateKeys(settings.STATE_NAMESPACE || `stats-${version.name}`);
  const onStateError = (error: Error) => log.debug({ event: 'state-away' }, error.message);
  const writing = connectState(settings.VALKEY, onStateError);
  const reading = connectState(settings.VALKEY, onStateError);
  const progress = new Progress();
  const db = openSummaryDb(reading, keys);
  const serving = { version, seed: settings.SEED, runId: settings.RUN_ID, instance, db, progress };
  const metrics = createMetrics({ instance, version: version.name });
  const http = await createStatsHttp(serving, metrics, log);
  http.addHook('onClose', async () => reading.disconnect());
  const registry = openRegistry(settings.REGISTRY_URL, REGISTRY_PATIENCE);
  const consuming = consumeSummaries({
    openReader: () =>
      openLogReader({
        bootstrap: settings.KAFKA_BOOTSTRAP,
        clientId: instance,
        topic: settings.SUMMARY_TOPIC,
      }),
    store: openSummaryStore(writing, keys),
    decoder: createDecoder<SummaryRow>(version.summarySchema, registry),
    progress,
    log,
  });
  return {
    http,
    async stop() {
      await consuming.stop();
      writing.disconnect();
    },
  };
}

await runProgram(NAME, Settings, start);
