/** Where on a lab an experiment has its place: the whole lab, or a part of one with topics, groups and namespaces of its own. */

import type { Deployment, Lab, LabSpec, Role, RunSettings } from '../platform/platform.ts';
import { dataNamesOf } from '../platform/platform.ts';
import { copyTopics, deleteTopics } from './copy-topics.ts';

/** A place for one application. */
export interface Site {
  readonly lab: Lab;
  readonly run: RunSettings;
  /** Partitions of the data topics. */
  readonly partitions: number;
  /** What deployments of a role, at a version, are told so that their data are this application's own. */
  readonly env: (role: Role, version: string) => Readonly<Record<string, string>>;
  /** Whether a topic, a group or a namespace is this application's. */
  readonly owns: (name: string) => boolean;
  /** Leaves the place as it was found: nothing of the application runs any more. */
  leave(): Promise<void>;
}

/** A whole lab, which is gone afterwards; data have their usual names. */
export function wholeLab(lab: Lab, { partitions }: Pick<LabSpec, 'partitions'>): Site {
  const { run } = lab;
  return { lab, run, partitions, env: () => ({}), owns: () => true, leave: () => lab.down() };
}

/** A part of a lab, which goes on afterwards: all names of data begin with `name` and a dot. */
export async function partOf(
  lab: Lab,
  { partitions, run }: Pick<LabSpec, 'partitions' | 'run'>,
  name: string,
): Promise<Site> {
  const usual = dataNamesOf({ env: {} });
  const own = (each: string) => `${name}.${each}`;
  const topics = [usual.raw, usual.summary, usual.deadLetter];
  const { bootstrap } = lab.addresses;
  await copyTopics(
    bootstrap,
    topics.map((like) => ({ topic: own(like), like })),
  );
  return {
    ...{ lab, run, partitions },
    owns: (each) => each.startsWith(own('')),
    env: (role, version) => ({
      RUN_ID: run.runId,
      RAW_TOPIC: own(usual.raw),
      SUMMARY_TOPIC: own(usual.summary),
      DLQ_TOPIC: own(usual.deadLetter),
      ...(role === 'back-end' ? { GROUP: own(usual.group) } : {}),
      ...(role === 'back-end' ? { STATE_NAMESPACE: own(usual.namespace) } : {}),
      ...(role === 'stats' ? { STATE_NAMESPACE: own(`stats-${version}`) } : {}),
    }),
    async leave() {
      const deployments = await lab.deployments();
      await Promise.all(deployments.map(({ spec }) => lab.discard(spec.name)));
      await deleteTopics(bootstrap, [...topics.map(own), ...outputsOf(deployments)]);
    },
  };
}

function outputsOf(deployments: readonly Deployment[]): readonly string[] {
  return deployments.map(({ spec }) => dataNamesOf(spec).summary);
}
