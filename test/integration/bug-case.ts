/** One run of the application in a lab that it shares with others: its own topics, group and namespace, recorded and judged. */
import { Admin, Producer } from '@platformatic/kafka';
import type { Verdict } from '../../src/checker/verdict.ts';
import { judgeRun } from '../../src/checker/verdict.ts';
import { openKafka, topicEnds, topicExtent } from '../../src/history/kafka-client.ts';
import { readTopic } from '../../src/history/read-topic.ts';
import { recordStateCalls } from '../../src/history/record-state-calls.ts';
import type { StateCall, TimelineEvent } from '../../src/history/timeline.ts';
import type { DeploymentSpec, Lab } from '../../src/platform/platform.ts';
import { verifyLive } from '../../src/verify-live.ts';
import { assign, deployment, until } from './lab.ts';

const PARTITIONS = 3;
const RATE = '6000';
const COLLECT_AGAIN = 3;

/** A case in a lab; every name of it begins with `name`. */
export class BugCase {
  readonly calls: StateCall[] = [];
  readonly #lab: Lab;
  readonly #name: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #deployed = new Set<string>();
  #stopRecording: () => Promise<void> = async () => undefined;

  private constructor(lab: Lab, name: string) {
    this.#lab = lab;
    this.#name = name;
    this.#env = {
      RAW_TOPIC: `${name}.raw`,
      SUMMARY_TOPIC: `${name}.summary`,
      DLQ_TOPIC: `${name}.dlq`,
      GROUP: name,
    };
  }

  /** Creates the topics and starts recording. */
  static async open(lab: Lab, name: string): Promise<BugCase> {
    const opened = new BugCase(lab, name);
    const { RAW_TOPIC = '', SUMMARY_TOPIC = '', DLQ_TOPIC = '' } = opened.#env;
    await withAdmin(lab, async (admin) => {
      const topics = [RAW_TOPIC, SUMMARY_TOPIC];
      await admin.createTopics({ topics, partitions: PARTITIONS, replicas: 1 });
      await admin.createTopics({ topics: [DLQ_TOPIC], partitions: 1, replicas: 1 });
    });
    const state = lab.addresses.valkey[0];
    const emit = (call: StateCall) => void opened.calls.push(call);
    const recorder = await recordStateCalls({
      state,
      isWanted: (namespace) => namespace === name,
      emit,
    });
    opened.#stopRecording = () => recorder.stop();
    return opened;
  }

  /** Name of a deployment, and of its first instance. */
  of(role: string): { readonly deployment: string; readonly instance: string } {
    return { deployment: `${this.#name}-${role}`, instance: `${this.#name}-${role}-0` };
  }

  /** Starts or changes a program. */
  async deploy(
    role: DeploymentSpec['role'],
    change: { name?: string; version?: string; env?: Record<string, string> } = {},
  ): Promise<void> {
    const own: Record<string, string> = {
      ...(role === 'back-end' ? { STATE_NAMESPACE: this.#name, READY_LAG: 'any' } : {}),
      ...(role === 'stats' ? { STATE_NAMESPACE: `${this.#name}-stats` } : {}),
      ...(role === 'generator' ? { RATE } : {}),
    };
    const { deployment: name } = this.of(change.name ?? role);
    const env = { ...this.#env, ...own, ...change.env };
    this.#deployed.add(name);
    await this.#lab.deploy(deployment(role, { name, version: change.version ?? 'v1', env }));
  }

  async remove(role: string): Promise<void> {
    const { deployment: name } = this.of(role);
    this.#deployed.delete(name);
    await this.#lab.remove(name);
  }

  /** What identifies the case's Back End among others of the lab. */
  get live(): { readonly rawTopic: string; readonly group: string } {
    return { rawTopic: `${this.#name}.raw`, group: this.#name };
  }

  /** Records that the log holds. */
  async produced(): Promise<number> {
    const { RAW_TOPIC = '' } = this.#env;
    await using kafka = openKafka(this.#lab.addresses.bootstrap, [RAW_TOPIC]);
    return (await topicEnds(kafka, RAW_TOPIC)).reduce((sum, end) => sum + end, 0);
  }

  /** Resolves when the log holds so many more records than now. */
  async moreRecords(count: number): Promise<void> {
    const before = await this.produced();
    await until(`${count} more records`, async () => (await this.produced()) >= before + count);
  }

  /** Resolves when so many more batches were applied than now. */
  async moreBatches(count: number): Promise<void> {
    const applied = () => this.calls.filter(({ call, accepted }) => call === 'apply' && accepted);
    const before = applied().length;
    await until(`${count} more batches`, async () => applied().length >= before + count);
  }

  quiet(): Promise<unknown> {
    return assign(this.#lab, [], this.of('generator').deployment);
  }

  /** Writes the first records of each partition again, as a producer that woke up does. */
  async writeAgain(most: number): Promise<void> {
    const { RAW_TOPIC: topic = '' } = this.#env;
    await using kafka = openKafka(this.#lab.addresses.bootstrap, [topic]);
    const bootstrapBrokers = this.#lab.addresses.bootstrap.split(',');
    const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({
      clientId: 'again',
      bootstrapBrokers,
    });
    for await (const batch of readTopic(kafka, await topicExtent(kafka, topic))) {
      if (batch.firstOffset > 0) continue;
      const messages = batch.records.slice(0, most).map(({ key, value, headers }) => ({
        ...{ topic, partition: batch.partition, key: key as Buffer, value: value as Buffer },
        headers: new Map(headers as [Buffer, Buffer][]),
      }));
      await producer.send({ messages, acks: -1 });
    }
    await producer.close();
  }

  /** Judges what there is once it is drained, or after a while; with what else was recorded. */
  async judge(timeoutMs = 5_000, timeline: readonly TimelineEvent[] = []): Promise<Verdict> {
    const deployments = (await this.#lab.deployments()).filter(({ spec }) =>
      this.#deployed.has(spec.name),
    );
    const lab = { ...this.#lab, deployments };
    let { history } = await verifyLive(lab, { timeoutMs });
    // On a machine that is too busy a broker may not answer in time; that is unknown, and asked again.
    for (let again = 0; history.errors.length > 0 && again < COLLECT_AGAIN; again++) {
      ({ history } = await verifyLive(lab, { timeoutMs }));
    }
    return judgeRun({ history, timeline, stateCalls: this.calls });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stopRecording();
    await Promise.all([...this.#deployed].map((name) => this.#lab.remove(name)));
    const topics = Object.entries(this.#env).flatMap(([key, topic]) =>
      key.endsWith('_TOPIC') ? [topic] : [],
    );
    await withAdmin(this.#lab, (admin) => admin.deleteTopics({ topics }));
  }
}

async function withAdmin(lab: Lab, work: (admin: Admin) => Promise<unknown>): Promise<void> {
  const bootstrapBrokers = lab.addresses.bootstrap.split(',');
  const admin = new Admin({ clientId: 'bug-case', bootstrapBrokers });
  await work(admin);
  await admin.close();
}
