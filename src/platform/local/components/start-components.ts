/** Brings up the components of a lab in parallel, or reaches the user's own ones. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Addresses, LabSpec } from '../../platform.ts';
import { kafkaClasspath } from '../artifacts/kafka.ts';
import { registryApp } from '../artifacts/registry.ts';
import type { ReportProgress } from '../artifacts/report-progress.ts';
import { valkeyServer } from '../artifacts/valkey.ts';
import { LocalError, messageOf } from '../errors.ts';
import { java } from '../java.ts';
import { freePorts, loopback } from '../ports.ts';
import type { Launch } from '../process/supervised.ts';
import { SupervisedProcess } from '../process/supervised.ts';
import { untilReady } from '../ready.ts';
import type { Session } from '../session.ts';
import * as kafka from './kafka.ts';
import { pingKafka } from './ping-kafka.ts';
import type { Preparation } from './prepared.ts';
import { prepareKafka, prepareRegistry } from './prepared.ts';
import { pingRegistry, registryCommand, registryUrl } from './registry.ts';
import { createTopics } from './topics.ts';
import { pingValkey, valkeyCommand } from './valkey.ts';

/** The components of a lab that are up. */
export interface Components {
  readonly addresses: Addresses;
  /** The started ones, by name; the user's own are not among them. */
  readonly processes: readonly SupervisedProcess[];
}

interface Started {
  readonly session: Session;
  readonly spec: LabSpec;
  readonly ports: ComponentPorts;
  readonly progress: ReportProgress;
  /** Filled as the processes are made, so that a failure elsewhere can end them. */
  readonly processes: SupervisedProcess[];
}

interface ComponentPorts {
  readonly brokers: readonly number[];
  readonly controllers: readonly number[];
  readonly registry: number;
  readonly valkey: readonly [number, number];
}

const readyLimitMs = 60_000;
const graceMs = 10_000;
const externalLimitMs = 5_000;

/** Resolves when every component answers and the topics exist; `processes` receives each process that is started. */
export async function startComponents(
  session: Session,
  spec: LabSpec,
  progress: ReportProgress,
  processes: SupervisedProcess[],
): Promise<Components> {
  const ports = await choosePorts(spec, progress);
  const started: Started = { session, spec, ports, progress, processes };
  const [bootstrap, registry, valkey] = await Promise.all([
    kafkaReady(started),
    registryReady(started),
    valkeyReady(started),
  ]);
  return { addresses: { bootstrap, registry, valkey }, processes };
}

async function choosePorts(
  { brokers, external }: LabSpec,
  progress: ReportProgress,
): Promise<ComponentPorts> {
  const kafkaWishes = [9092, 9093, 9094].slice(0, brokers);
  // The user's own components hold their ports by right.
  const wishes = [
    ...kafkaWishes.map((port) => (external.bootstrap ? 0 : port)),
    ...kafkaWishes.map(() => 0),
    external.registry ? 0 : 8081,
    ...[6379, 6380].map((port) => (external.valkey ? 0 : port)),
  ];
  const ports = await freePorts(wishes, (wished, given) => {
    progress({ part: 'ports', kind: 'note', message: `port ${wished} is taken; ${given} is used` });
  });
  const [registry = 0, backEnd = 0, stats = 0] = ports.slice(2 * brokers);
  return {
    brokers: ports.slice(0, brokers),
    controllers: ports.slice(brokers, 2 * brokers),
    registry,
    valkey: [backEnd, stats],
  };
}

async function kafkaReady(started: Started): Promise<string> {
  const { spec, progress } = started;
  const bootstrap = spec.external.bootstrap ?? (await startKafka(started));
  const expected = spec.external.bootstrap ? 1 : spec.brokers;
  const brokers = await (spec.external.bootstrap
    ? externalReady('Kafka', bootstrap, '--bootstrap', () => pingKafka(bootstrap, expected))
    : pingKafka(bootstrap, expected));
  await createTopics(bootstrap, spec.partitions, brokers);
  progress({ part: 'kafka', kind: 'done', message: bootstrap });
  return bootstrap;
}

async function startKafka(started: Started): Promise<string> {
  const { session, ports, progress } = started;
  const needs = preparation(started);
  const classpath = await kafkaClasspath(progress);
  const { classArchive, checkpoint } = await prepareKafka(classpath, needs);
  const nodes = ports.brokers.map((port, index) => ({
    id: index + 1,
    port,
    controllerPort: ports.controllers[index] ?? 0,
    folder: join(session.dataDir, `kafka-${index + 1}`),
  }));
  const cluster = { java: needs.java, classpath, nodes, classArchive };
  const clusterId = clusterOf(session.dataDir, nodes.length);
  progress({ part: 'kafka', kind: 'step', message: 'starting' });
  const bootstrap = nodes.map(({ port }) => `${loopback}:${port}`).join(',');
  const start = (node: kafka.KafkaNode): Promise<void> => {
    kafka.writeSettings(cluster, node);
    if (!existsSync(kafka.dataFolder(node))) kafka.formatByCopy(node, checkpoint, clusterId);
    const probe = async (): Promise<string> => {
      await pingKafka(`${loopback}:${node.port}`, nodes.length);
      return `${loopback}:${node.port}`;
    };
    return startProcess(started, `kafka-${node.id}`, {
      command: kafka.kafkaCommand(cluster, node),
      probe,
    });
  };
  await Promise.all(nodes.map(start));
  return bootstrap;
}

/** The id of the cluster whose data lies in a folder; a new one where there is none yet. */
function clusterOf(dataDir: string, brokers: number): string {
  const path = join(dataDir, 'cluster.json');
  if (!existsSync(path)) {
    const id = kafka.newKafkaId();
    writeFileSync(path, JSON.stringify({ id, brokers }));
    return id;
  }
  const saved = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly id: string;
    readonly brokers: number;
  };
  if (saved.brokers === brokers) return saved.id;
  throw new LocalError(
    'COMPONENT_UNREACHABLE',
    `${dataDir} holds the data of ${saved.brokers} broker(s), not ${brokers}. Mend: --brokers ${saved.brokers}, or another data folder`,
  );
}

async function registryReady(started: Started): Promise<string> {
  const { session, spec, ports, progress } = started;
  const { registry } = spec.external;
  if (registry) {
    const url = registry.replace(/\/+$/, '');
    await externalReady('The schema registry', url, '--registry', () => pingRegistry(url));
    return url;
  }
  const app = await registryApp(progress);
  const needs = preparation(started);
  const { classArchive } = await prepareRegistry(app, needs);
  progress({ part: 'registry', kind: 'step', message: 'starting' });
  const folder = join(session.dataDir, 'registry');
  const command = registryCommand({
    java: needs.java,
    app,
    port: ports.registry,
    folder,
    classArchive,
  });
  const url = registryUrl(ports.registry);
  const probe = (): Promise<string> => pingRegistry(url).then(() => url);
  await startProcess(started, 'registry', { command, probe });
  progress({ part: 'registry', kind: 'done', message: url });
  return url;
}

async function valkeyReady(started: Started): Promise<readonly [string, string]> {
  const { session, spec, ports, progress } = started;
  const [own, ownStats = own] = spec.external.valkey ?? [];
  if (own !== undefined && ownStats !== undefined) {
    for (const address of new Set([own, ownStats])) {
      await externalReady('Valkey', address, '--valkey', () => pingValkey(address));
    }
    return [own, ownStats];
  }
  const program = await valkeyServer(progress);
  const start = async (name: string, port: number): Promise<string> => {
    const address = `${loopback}:${port}`;
    const command = valkeyCommand({ program, port, folder: join(session.dataDir, name) });
    await startProcess(started, name, {
      command,
      probe: () => pingValkey(address).then(() => address),
    });
    return address;
  };
  const [backEndPort, statsPort] = ports.valkey;
  const addresses = await Promise.all([
    start('valkey-back-end', backEndPort),
    start('valkey-stats', statsPort),
  ]);
  progress({ part: 'valkey', kind: 'done', message: addresses.join(', ') });
  return addresses;
}

function preparation({ session, progress }: Started): Preparation {
  return {
    java: java(),
    progress,
    born: (identity) => session.born('preparation', 'component', identity),
  };
}

async function startProcess(
  { session, processes }: Started,
  name: string,
  launch: Launch,
): Promise<void> {
  session.ensureOpen();
  const component = new SupervisedProcess({
    name,
    logFile: join(session.files.logs, `${name}.log`),
    readyLimitMs,
    graceMs,
    launch: () => Promise.resolve(launch),
    emit: (kind, subject, detail) => session.emit(kind, subject, detail),
    born: (identity) => session.born(name, 'component', identity),
    gone: (identity) => session.gone(identity),
    isStopping: () => session.isStopping(),
  });
  processes.push(component);
  await component.start();
}

async function externalReady<T>(
  what: string,
  address: string,
  flag: string,
  probe: () => Promise<T>,
): Promise<T> {
  try {
    return await untilReady({ subject: what, limitMs: externalLimitMs, probe });
  } catch (cause) {
    throw new LocalError(
      'COMPONENT_UNREACHABLE',
      `${what} does not answer at ${address}: ${messageOf(cause)}. Mend: start it, or correct ${flag}`,
      { cause },
    );
  }
}
