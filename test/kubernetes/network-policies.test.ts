/** The network policies allow the connections that the lab needs and not one more; whether they are enforced is the cluster's network's business. */
import assert from 'node:assert/strict';
import test, { before, suite } from 'node:test';
import { prepareComponents } from '../cluster/components/components.ts';
import { kubectlOf } from '../cluster/kubernetes/kubectl.ts';
import type { KubernetesObject } from './overlay.ts';
import { parseObjects, podsOf, renderOverlay } from './overlay.ts';
import type { Endpoint } from './reachability.ts';
import { mayConnect } from './reachability.ts';

const gateway: Endpoint = { name: 'gateway', labels: {}, inside: false };
const internet: Endpoint = { name: 'internet', labels: {}, inside: false };
const ports = [443, 5432, 6379, 8080, 9000, 9092, 9093];

/** Port of each connection that is needed, by who opens it. */
const needed: Readonly<Record<string, readonly string[]>> = {
  generator: ['kafka:9092', 'registry:8080'],
  'back-end': ['kafka:9092', 'registry:8080', 'valkey-back-end:6379'],
  stats: ['kafka:9092', 'registry:8080', 'valkey-stats:6379'],
  kafka: ['kafka:9092', 'kafka:9093'],
  registry: [],
  'valkey-back-end': [],
  'valkey-stats': [],
  topics: ['kafka:9092'],
  verify: [
    'back-end:8080',
    'generator:8080',
    'internet:443',
    'kafka:9092',
    'registry:8080',
    'stats:8080',
    'valkey-back-end:6379',
    'valkey-stats:6379',
  ],
  'kafka-ui': ['kafka:9092', 'registry:8080'],
  gateway: ['stats:8080'],
};

suite('the network policies', () => {
  let policies: readonly KubernetesObject[];
  let endpoints: readonly Endpoint[];

  before(async () => {
    const { kubernetes } = await prepareComponents(
      (line) => process.stderr.write(`${line}\n`),
      undefined,
    );
    const kubectl = kubectlOf(kubernetes, '/dev/null');
    const yaml = await renderOverlay(kubectl, 'overlays/kafka-ui', { namespace: 'cutover' });
    const objects = parseObjects(yaml);
    policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
    const pods = podsOf(objects).map(({ metadata: { name, labels = {} } }) => {
      return { name, labels, inside: true };
    });
    endpoints = [...pods, gateway];
  });

  test('are those of every pod there is', () => {
    assert.deepEqual(endpoints.map(({ name }) => name).sort(), Object.keys(needed).sort());
  });

  for (const [name, expected] of Object.entries(needed)) {
    test(`let ${name} connect to ${expected.join(', ') || 'nobody'}`, () => {
      const from = endpoints.find((endpoint) => endpoint.name === name);
      assert.ok(from);
      const others =
        from === gateway
          ? endpoints.filter((each) => each !== gateway)
          : [...endpoints.filter((each) => each !== gateway), internet];
      const possible = others.flatMap((to) =>
        ports
          .filter((port) => mayConnect(policies, from, to, port))
          .map((port) => `${to.name}:${port}`),
      );
      assert.deepEqual(possible.sort(), [...expected].sort());
    });
  }
});
