/** Tests what each strategy does to the deployments, step by step and back, on a lab in memory. */
import assert from 'node:assert/strict';
import test, { beforeEach, suite } from 'node:test';
import type { Deployment, DeploymentSpec } from '../../src/platform/platform.ts';
import { blueGreen } from '../../src/strategy/blue-green.ts';
import { canary } from '../../src/strategy/canary.ts';
import { rolling } from '../../src/strategy/rolling.ts';
import type { Hands, ServiceRollout, Serving } from '../../src/strategy/strategy.ts';

const spec = (role: DeploymentSpec['role'], replicas: number): DeploymentSpec => ({
  ...{ name: role, role, version: 'v1', replicas, env: { SEED: '1' } },
});
const before: Serving = {
  generator: spec('generator', 1),
  'back-end': spec('back-end', 2),
  stats: spec('stats', 1),
};
const change = { version: 'v2', env: {} };

suite('a strategy', () => {
  let running: Map<string, DeploymentSpec>;
  let log: string[];
  let hands: Hands;

  beforeEach(() => {
    running = new Map(Object.values(before).map((each) => [each.name, each]));
    log = [];
    hands = {
      lab: {
        async deploy(each): Promise<Deployment> {
          running.set(each.name, each);
          log.push(`${each.name} × ${each.replicas}`);
          return { spec: each, instances: [] };
        },
        async remove(name) {
          assert.ok(running.delete(name), `${name} does not run`);
          log.push(`- ${name}`);
        },
        deployments: async () =>
          [...running.values()].map((each) => ({ spec: each, instances: [] })),
        async route(weights) {
          for (const [name, weight] of Object.entries(weights))
            if (weight > 0) assert.ok(running.has(name), `${name} gets readers and is not there`);
          log.push(JSON.stringify(weights));
        },
      },
      ...{ partitions: 6, skus: [0, 1, 2, 3], shares: [25, 50, 100] },
      createOutput: async (topic) => void log.push(`topic ${topic}`),
      handOver: (_blue, _green, reader) => hands.lab.route({ [reader.name]: 100 }),
      levelWith: async (blue, green) => void log.push(`${green.name} level with ${blue.name}`),
    };
  });

  async function go(rollout: ServiceRollout): Promise<void> {
    for (const step of rollout.steps) await step.apply();
    await rollout.finish();
  }

  test('rolling: a new member starts before an old one leaves', async () => {
    await go(rolling['back-end'](hands, before, change));
    assert.deepEqual(log, ['back-end-v2 × 1', 'back-end × 1', 'back-end-v2 × 2', '- back-end']);
  });

  test('canary: readers by weight, the old version still there until the end', async () => {
    await go(canary.stats(hands, before, change));
    assert.deepEqual(log, [
      'stats-v2 × 1',
      '{"stats-v2":25,"stats":75}',
      '{"stats-v2":50,"stats":50}',
      '{"stats-v2":100,"stats":0}',
      '- stats',
    ]);
  });

  test('blue-green: readers are switched when green is level, and to a reader of its output', async () => {
    const rollout = blueGreen['back-end'](hands, before, change);
    await go(rollout);
    assert.deepEqual(log, [
      'topic summary-stats.v2',
      'back-end-v2 × 2',
      'back-end-v2 level with back-end',
      'stats-of-back-end-v2 × 1',
      '{"stats-of-back-end-v2":100}',
      '- stats',
      '- back-end',
    ]);
    const { env } = rollout.after['back-end'];
    assert.deepEqual([env.GROUP, env.STATE_NAMESPACE], ['back-end.v2', 'back-end.v2']);
    assert.equal(rollout.after.stats.env.SUMMARY_TOPIC, 'summary-stats.v2');
  });

  test('a new version’s readers never share a state with the old version’s', () => {
    const green = blueGreen['back-end'](hands, before, change).after;
    const fresh = blueGreen.stats(hands, green, change).after.stats;
    assert.notEqual(fresh.env.STATE_NAMESPACE, green.stats.env.STATE_NAMESPACE);
  });

  for (const [name, strategy] of Object.entries({ rolling, canary, blueGreen })) {
    for (const service of ['back-end', 'stats'] as const) {
      test(`${name} of ${service}: aborted after any step, everything is as before`, async () => {
        const steps = strategy[service](hands, before, change).steps.length;
        for (let done = 0; done <= steps; done++) {
          const rollout = strategy[service](hands, before, change);
          for (const step of rollout.steps.slice(0, done)) await step.apply();
          await rollout.abort();
          await rollout.abort();
          const now = Object.fromEntries(running);
          assert.deepEqual(now, {
            generator: before.generator,
            'back-end': before['back-end'],
            stats: before.stats,
          });
        }
      });
    }
  }
});
