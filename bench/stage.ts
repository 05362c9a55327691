/** Where everything runs: real components of the bench's own, a folder, and what they leave behind cleared away. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalPlatform } from '../src/platform/local/index.ts';
import type { Addresses, Lab, LabSpec, Progress } from '../src/platform/platform.ts';
import type { Contender, Run } from './contenders/contender.ts';
import type { Children } from './measure/children.ts';
import { openChildren } from './measure/children.ts';
import type { FilledTopic, TopicFiller } from './workload/fill-topic.ts';
import { openTopicFiller } from './workload/fill-topic.ts';
import { deleteTopics } from './workload/topics.ts';

/** An open stage. */
export interface Stage {
  readonly addresses: Addresses;
  readonly folder: string;
  /** Creates a topic to be filled. */
  openTopic(partitions: number, skus: number): Promise<TopicFiller>;
  /** One run of a contender on a topic; the topics that it made are gone afterwards. */
  run(contender: Contender, topic: FilledTopic): Promise<Run>;
  deleteTopic(topic: FilledTopic): Promise<void>;
  close(): Promise<void>;
}

const LAB: LabSpec = {
  name: `bench-${process.pid}`,
  brokers: 1,
  partitions: 6,
  external: {},
  run: { runId: 'bench', seed: 1, skus: 10, order: 'chronological' },
};

/** Starts Kafka, the registry and Valkey as `cutover up` does. */
export async function openStage(progress: (progress: Progress) => void): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'cutover-bench-'));
  const lab = await createLocalPlatform().up(LAB, progress);
  return stageOn(lab, folder, openChildren(folder));
}

function stageOn(lab: Lab, folder: string, children: Children): Stage {
  const { addresses } = lab;
  let names = 0;
  const nextName = (kind: string) => `bench-${kind}-${String(++names).padStart(4, '0')}`;
  return {
    addresses,
    folder,
    openTopic: (partitions, skus) =>
      openTopicFiller(addresses, { topic: nextName('raw'), partitions, skus }),
    async run(contender, topic) {
      const id = nextName('run');
      const own = join(folder, id);
      mkdirSync(own);
      try {
        return await contender.run({ addresses, topic, id, folder: own, children });
      } finally {
        await deleteTopics(addresses.bootstrap, `${id}-`);
        rmSync(own, { recursive: true });
      }
    },
    deleteTopic: ({ topic }) => deleteTopics(addresses.bootstrap, topic),
    async close() {
      await children.close();
      await lab.down();
      rmSync(folder, { recursive: true });
    },
  };
}
