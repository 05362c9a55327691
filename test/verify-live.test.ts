/** Where the data are that readers are served from, in a lab in which several versions stand side by side. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Deployment, DeploymentSpec } from '../src/platform/platform.ts';
import { sourcesOf } from '../src/verify-live.ts';

function deployment(
  role: DeploymentSpec['role'],
  name: string,
  version = 'v1',
  env: Record<string, string> = {},
): Deployment {
  const instance = { name: `${name}-0`, id: '1', url: `http://${name}`, ready: true, restarts: 0 };
  return { spec: { name, role, version, replicas: 1, env }, instances: [instance] };
}

const GREEN = { SUMMARY_TOPIC: 'summary-green', STATE_NAMESPACE: 'green', GROUP: 'green' };
const blue = [
  deployment('back-end', 'back-end'),
  deployment('stats', 'stats'),
  deployment('generator', 'generator'),
];
const green = [
  deployment('back-end', 'back-end-v2', 'v2', GREEN),
  deployment('stats', 'stats-v2', 'v2', GREEN),
];

function sources(deployments: readonly Deployment[], readers?: readonly string[]) {
  const run = { runId: 'r', seed: 1, skus: 1, order: 'chronological' as const };
  const addresses = { bootstrap: 'k', registry: 'r', valkey: ['a', 'b'] as const, rest: 'u' };
  const found = sourcesOf({ run, addresses, deployments }, readers);
  const names = (of: readonly { instance: string }[]) => of.map(({ instance }) => instance);
  return { ...found, rest: names(found.rest), generators: names(found.generators) };
}

test('a lab that was given no names has the default ones, and all its readers are asked', () => {
  const { topics, stateNamespace, rest, generators } = sources([...blue]);
  const expected = { raw: 'raw-data-in', summary: 'summary-stats', deadLetter: 'raw-data-in.dlq' };
  assert.deepEqual(topics, expected);
  assert.deepEqual([stateNamespace, rest, generators], ['back-end', ['stats-0'], ['generator-0']]);
});

test('after a promotion, and after the way back, the state is the one that readers are served from', () => {
  const all = [...blue, ...green];
  const promoted = sources(all, ['stats-v2']);
  assert.deepEqual(
    [promoted.stateNamespace, promoted.topics.summary, promoted.rest],
    ['green', 'summary-green', ['stats-v2-0']],
  );
  assert.deepEqual(promoted.generators, ['generator-0']);
  const back = sources(all, ['stats']);
  assert.deepEqual(
    [back.stateNamespace, back.topics.summary, back.rest],
    ['back-end', 'summary-stats', ['stats-0']],
  );
});

test('versions that share one topic are judged together', () => {
  const canary = deployment('stats', 'stats-v2', 'v2');
  assert.deepEqual(sources([...blue, canary]).rest, ['stats-0', 'stats-v2-0']);
});

test('of several runs in one lab only the generators of the same input count', () => {
  const other = deployment('generator', 'generator-b', 'v1', { RAW_TOPIC: 'other' });
  assert.deepEqual(sources([...blue, other]).generators, ['generator-0']);
});
