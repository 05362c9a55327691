/** One process of the application under test: its command, its environment, and how it shows that it is ready. */
import { fileURLToPath } from 'node:url';
import type { DeploymentSpec, Role, RunSettings } from '../platform.ts';
import { WRONG_SETTINGS } from '../platform.ts';
import type { ComponentAddresses } from './components/start-components.ts';
import type { ProcessFailure } from './errors.ts';
import { loopback } from './ports.ts';
import type { Child, Command } from './process/child.ts';
import { headOf } from './process/log-tail.ts';
import type { Launch } from './process/supervised.ts';

/** The program of each role. */
export type Programs = (role: Role) => string;

/** The programs of the application under test. */
export const applicationPrograms: Programs = (role) =>
  fileURLToPath(new URL(`../../app/${role}/main.ts`, import.meta.url));

/** What an instance needs to know of its lab. */
export interface InstanceSettings {
  readonly name: string;
  readonly spec: DeploymentSpec;
  readonly addresses: ComponentAddresses;
  readonly run: RunSettings;
  readonly programs: Programs;
  readonly logFile: string;
}

/** What Node has compiled of the programs, so that each but the first starts in half the time; gone with the clone's packages. */
const compileCache = fileURLToPath(
  new URL('../../../node_modules/.cache/compile', import.meta.url),
);

/** Small heaps: a lab runs a dozen of these beside Kafka on a laptop. */
const machine = ['--max-semi-space-size=16', '--max-old-space-size=160'];
const readyzLimitMs = 1_000;
const levelFatal = 60;

/** The launch of an instance at a port; 0 takes any. */
export function instanceLaunch(settings: InstanceSettings, port: number): Launch {
  const { spec, programs, logFile } = settings;
  const command: Command = {
    program: process.execPath,
    args: [...machine, programs(spec.role)],
    env: instanceEnvironment(settings, port),
  };
  return {
    command,
    async probe(child) {
      const url = listeningUrl(logFile, child);
      await ensureReady(url);
      return url;
    },
  };
}

/** The whole environment of an instance: little is inherited, and the deployment's own settings win. */
function instanceEnvironment(
  { name, spec, addresses, run }: Pick<InstanceSettings, 'name' | 'spec' | 'addresses' | 'run'>,
  port: number,
): Readonly<Record<string, string>> {
  const [backEnd, stats] = addresses.valkey;
  return {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    NODE_COMPILE_CACHE: compileCache,
    KAFKA_BOOTSTRAP: addresses.bootstrap,
    REGISTRY_URL: addresses.registry,
    ...(spec.role === 'generator'
      ? { SKUS: `0-${run.skus - 1}`, ORDER: run.order }
      : { VALKEY: spec.role === 'stats' ? stats : backEnd }),
    HOST: loopback,
    PORT: String(port),
    RUN_ID: run.runId,
    SEED: String(run.seed),
    INSTANCE: name,
    APP_VERSION: spec.version,
    ...spec.env,
  };
}

/** Rejects while GET /readyz of an instance does not answer 200. */
export async function ensureReady(url: string, limitMs = readyzLimitMs): Promise<void> {
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(limitMs) });
  const text = await answer.text();
  if (answer.status !== 200)
    throw new Error(`/readyz answers ${answer.status}: ${text.slice(0, 200)}`);
}

/** The reason an instance gave: its fatal log line, else everything it said about its configuration, else its last line. */
export function explainEnd({ tail, exitCode }: Pick<ProcessFailure, 'tail' | 'exitCode'>): string {
  const fatal = tail.map(parseLogLine).findLast((line) => Number(line?.level) >= levelFatal);
  if (fatal) return String(fatal.msg);
  const plain = tail.filter((line) => !line.startsWith('{'));
  if (exitCode === WRONG_SETTINGS && plain.length > 0) return plain.join('; ');
  return tail.at(-1) ?? 'it said nothing';
}

function listeningUrl(logFile: string, child: Child): string {
  const lines = headOf(logFile, child.logStart).split('\n').map(parseLogLine);
  const address = lines.find((line) => line?.event === 'listening')?.address;
  if (typeof address !== 'string') throw new Error('it does not listen yet');
  return address;
}

function parseLogLine(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    // A line that is still being written.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
