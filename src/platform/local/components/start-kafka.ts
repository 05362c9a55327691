/** Brings up the brokers, or reaches the user's own, and creates the topics. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaClasspath } from '../artifacts/kafka.ts';
import { LocalError } from '../errors.ts';
import { loopback } from '../ports.ts';
import { untilReady } from '../ready.ts';
import * as kafka from './kafka.ts';
import { pingBroker, pingCluster } from './ping-kafka.ts';
import { prepareKafka } from './prepared.ts';
import type { Started } from './starting.ts';
import { externalReady, preparation, startProcess } from './starting.ts';
import { createTopics } from './topics.ts';

const joinLimitMs = 30_000;

/** Resolves with the bootstrap servers when every broker has joined and the topics exist. */
export async function kafkaReady(started: Started): Promise<string> {
  const { spec, progress } = started;
  const bootstrap = spec.external.bootstrap ?? (await startKafka(started));
  const expected = spec.external.bootstrap ? 1 : spec.brokers;
  const probe = (): Promise<number> => pingCluster(bootstrap, expected);
  const brokers = await (spec.external.bootstrap
    ? externalReady('Kafka', bootstrap, '--bootstrap', probe)
    : untilReady({ subject: 'kafka', limitMs: joinLimitMs, probe }));
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
      const address = `${loopback}:${node.port}`;
      await pingBroker(address, node.id);
      return address;
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
