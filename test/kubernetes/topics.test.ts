/** Whoever makes the topics (the local platform, a Job, an operator) makes the same ones. */
import assert from 'node:assert/strict';
import test, { before, suite } from 'node:test';
import { topicPlans } from '../../src/platform/local/components/topics.ts';
import { prepareComponents } from '../cluster/components/components.ts';
import type { Kubectl } from '../cluster/kubernetes/kubectl.ts';
import { kubectlOf } from '../cluster/kubernetes/kubectl.ts';
import type { KubernetesObject } from './overlay.ts';
import { parseObjects, renderOverlay } from './overlay.ts';

/** What is the same everywhere: partitions and settings by topic. */
type Topics = Readonly<Record<string, { readonly partitions: number; readonly configs: object }>>;

const partitions = 6;
const namespace = 'cutover';

/** A topic's settings but those that the brokers of every platform have as their default. */
function ownConfigs(configs: Readonly<Record<string, unknown>>): object {
  const own = Object.entries(configs).filter(([name]) => name !== 'min.insync.replicas');
  return Object.fromEntries(own.map(([name, value]) => [name, String(value)]));
}

function ofJob(objects: readonly KubernetesObject[]): Topics {
  const job = objects.find(({ kind }) => kind === 'Job');
  const script = String(job?.spec.template.spec.containers[0].command.at(-1));
  const calls = [...script.matchAll(/create --topic (\S+) --partitions (\S+)(.*)/g)];
  const topics = calls.map(([, name = '', count = '', rest = '']) => {
    const configs = [...rest.matchAll(/--config ([^=\s]+)=(\S+)/g)].map(([, key, value]) => [
      key,
      value,
    ]);
    const number = count === '"$PARTITIONS"' ? partitions : Number(count);
    return [name, { partitions: number, configs: Object.fromEntries(configs) }] as const;
  });
  return Object.fromEntries(topics);
}

function ofResources(objects: readonly KubernetesObject[]): Topics {
  const topics = objects.filter(({ kind }) => kind === 'KafkaTopic');
  return Object.fromEntries(
    topics.map(({ metadata, spec }) => [
      metadata.name,
      {
        partitions: spec.partitions ?? spec.partitionCount,
        configs: ownConfigs(spec.config ?? spec.configs),
      },
    ]),
  );
}

suite('the topics are those of the local platform', () => {
  const expected = Object.fromEntries(
    topicPlans(partitions, 3).map(({ name, partitions, configs }) => [
      name,
      { partitions, configs: ownConfigs(configs) },
    ]),
  );
  let kubectl: Kubectl;

  before(async () => {
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    kubectl = kubectlOf((await prepareComponents(log, undefined)).kubernetes, '/dev/null');
  });

  const readers = { plain: ofJob, strimzi: ofResources, confluent: ofResources };
  for (const [overlay, read] of Object.entries(readers)) {
    test(`in the overlay ${overlay}`, async () => {
      const yaml = await renderOverlay(kubectl, `overlays/${overlay}`, { namespace });
      assert.deepEqual(read(parseObjects(yaml)), expected);
    });
  }
});
