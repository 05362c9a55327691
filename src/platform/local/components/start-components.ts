/** Brings up the components of a lab in parallel, or reaches the user's own ones. */
import { join } from 'node:path';
import type { Addresses, LabSpec } from '../../platform.ts';
import { registryApp } from '../artifacts/registry.ts';
import type { ReportProgress } from '../artifacts/report-progress.ts';
import { valkeyServer } from '../artifacts/valkey.ts';
import { loopback } from '../ports.ts';
import type { SupervisedProcess } from '../process/supervised.ts';
import type { Session } from '../session.ts';
import { prepareRegistry } from './prepared.ts';
import { pingRegistry, registryCommand, registryUrl } from './registry.ts';
import { kafkaReady } from './start-kafka.ts';
import type { ComponentPorts, Started } from './starting.ts';
import { externalReady, preparation, startProcess } from './starting.ts';
import { pingValkey, valkeyCommand } from './valkey.ts';

/** Where the components of a lab answer. */
export type ComponentAddresses = Omit<Addresses, 'rest'>;

/** Resolves when every component answers and the topics exist; `processes` receives each process that is started. Where one part fails, none is left running. */
export async function startComponents(
  session: Session,
  spec: LabSpec,
  progress: ReportProgress,
  processes: SupervisedProcess[],
): Promise<ComponentAddresses> {
  const ports = await choosePorts(session, spec, progress);
  const started: Started = { session, spec, ports, progress, processes, abandoned: false };
  try {
    const parts = [kafkaReady(started), registryReady(started), valkeyReady(started)] as const;
    const [bootstrap, registry, valkey] = await Promise.all(parts);
    return { bootstrap, registry, valkey };
  } catch (error) {
    started.abandoned = true;
    await Promise.all(processes.map((process) => process.stop(0)));
    throw error;
  }
}

async function choosePorts(
  session: Session,
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
  const ports = await session.ports.claimAll(wishes, (wished, given) => {
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
