/** Kafka brokers in KRaft mode, each of them broker and controller. */
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Java } from '../java.ts';
import { loopback } from '../ports.ts';
import type { Command } from '../process/child.ts';

/** One broker's place in the cluster. */
export interface KafkaNode {
  /** 1, 2, … */
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
  /** Folder of its data and its settings. */
  readonly folder: string;
}

/** What every broker of a cluster shares. */
export interface KafkaCluster {
  readonly java: Java;
  readonly classpath: readonly string[];
  readonly nodes: readonly KafkaNode[];
  /** Flags that use or make an archive of loaded classes. */
  readonly classArchive: readonly string[];
}

/** The command that runs one broker, from the settings file that {@link writeSettings} wrote. */
export function kafkaCommand(cluster: KafkaCluster, node: KafkaNode): Command {
  const logging = [
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-Dorg.slf4j.simpleLogger.showDateTime=true',
  ];
  const machine = ['-XX:+UseSerialGC', '-Xms256m', '-Xmx768m', ...cluster.classArchive, ...logging];
  return {
    program: join(cluster.java.home, 'bin', 'java'),
    args: [...machine, '-cp', cluster.classpath.join(delimiter), 'kafka.Kafka', settingsFile(node)],
    env: {},
    cwd: node.folder,
  };
}

/** The command that formats one node's storage; the node's settings must be written. */
export function formatCommand(cluster: KafkaCluster, node: KafkaNode, clusterId: string): Command {
  const machine = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const tool = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', settingsFile(node)];
  return {
    program: join(cluster.java.home, 'bin', 'java'),
    args: [...machine, '-cp', cluster.classpath.join(delimiter), ...tool],
    env: {},
  };
}

/** The name of the snapshot that every node starts from; it holds the cluster's feature levels. */
export const bootstrapCheckpoint = 'bootstrap.checkpoint';

/**
 * Formats a node's storage by a copy of what `StorageTool` wrote for another node: the checkpoint
 * names no node and no cluster, the properties beside it do (Kafka's `MetaProperties`, version 1).
 */
export function formatByCopy(node: KafkaNode, checkpoint: string, clusterId: string): void {
  const folder = dataFolder(node);
  mkdirSync(folder, { recursive: true });
  const properties = {
    version: 1,
    'cluster.id': clusterId,
    'node.id': node.id,
    'directory.id': newKafkaId(),
  };
  writeFileSync(join(folder, 'meta.properties'), asProperties(properties));
  copyFileSync(checkpoint, join(folder, bootstrapCheckpoint));
}

/** A random id in Kafka's form: 16 bytes, URL-safe base64; never with a leading dash. */
export function newKafkaId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newKafkaId() : id;
}

/** Where a node keeps its log directories. */
export const dataFolder = (node: KafkaNode): string => join(node.folder, 'data');

const settingsFile = (node: KafkaNode): string => join(node.folder, 'server.properties');

/** Writes a node's settings file. */
export function writeSettings(cluster: Pick<KafkaCluster, 'nodes'>, node: KafkaNode): void {
  mkdirSync(node.folder, { recursive: true });
  writeFileSync(settingsFile(node), asProperties(settings(cluster, node)));
}

function settings(
  { nodes }: Pick<KafkaCluster, 'nodes'>,
  node: KafkaNode,
): Readonly<Record<string, string | number | boolean>> {
  const replicas = Math.min(nodes.length, 3);
  const minIsr = replicas === 3 ? 2 : 1;
  const voters = nodes.map(({ id, controllerPort }) => `${id}@${loopback}:${controllerPort}`);
  const listeners = `PLAINTEXT://${loopback}:${node.port},CONTROLLER://${loopback}:${node.controllerPort}`;
  return {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': voters.join(','),
    'controller.listener.names': 'CONTROLLER',
    listeners,
    'advertised.listeners': `PLAINTEXT://${loopback}:${node.port}`,
    'log.dirs': dataFolder(node),
    'auto.create.topics.enable': false,
    'default.replication.factor': replicas,
    'min.insync.replicas': minIsr,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 6,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': minIsr,
    'transaction.state.log.num.partitions': 6,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': minIsr,
    'group.initial.rebalance.delay.ms': 0,
    // A session may be as short as the lab's consumers ask for, in both group protocols.
    'group.min.session.timeout.ms': 1_000,
    'group.consumer.min.session.timeout.ms': 1_000,
    'group.consumer.session.timeout.ms': 6_000,
    'group.consumer.min.heartbeat.interval.ms': 500,
    'group.consumer.heartbeat.interval.ms': 2_000,
  };
}

function asProperties(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
