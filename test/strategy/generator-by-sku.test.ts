/** Tests that SKUs go from one generator to another with nobody ever writing one twice, there and back. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { afterEach, beforeEach, suite } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { DeploymentSpec } from '../../src/platform/platform.ts';
import { generatorBySku } from '../../src/strategy/generator-by-sku.ts';
import type { Hands, ServiceRollout, Serving } from '../../src/strategy/strategy.ts';

const SKUS = [0, 1, 2, 3];
const spec = (role: DeploymentSpec['role']): DeploymentSpec => ({
  ...{ name: role, role, version: 'v1', replicas: 1, env: { SKUS: '0-3', RATE: '100' } },
});
const before: Serving = {
  generator: spec('generator'),
  'back-end': spec('back-end'),
  stats: spec('stats'),
};
const change = { version: 'v2', env: {} };

/** Generators in memory behind one server, which notes who has which SKUs after each assignment. */
async function openGenerators() {
  const running = new Map<string, { readonly spec: DeploymentSpec; skus: readonly number[] }>();
  const log: string[] = [];
  const server = createServer(async (request, response) => {
    const name = request.url?.split('/')[1] ?? '';
    const body = JSON.parse((await request.toArray()).join('')) as { skus: number[] };
    const generator = running.get(name);
    response.statusCode = generator ? 200 : 404;
    if (generator) generator.skus = body.skus;
    log.push(`${name}: ${body.skus}`);
    const all = [...running.values()].flatMap(({ skus }) => skus);
    if (new Set(all).size < all.length) log.push(`two write one of ${all}`);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const start = (each: DeploymentSpec) => {
    const skus = each.env.SKUS === 'none' ? [] : SKUS;
    running.set(each.name, { spec: each, skus });
  };
  start(before.generator);
  const deployments = () =>
    [...running.values()].map(({ spec: each }) => {
      const url = `http://127.0.0.1:${port}/${each.name}`;
      return {
        spec: each,
        instances: [{ name: `${each.name}-0`, id: '1', url, ready: true, restarts: 0 }],
      };
    });
  const hands: Hands = {
    lab: {
      async deploy(each) {
        // Other settings are another process; the same ones change nothing.
        if (!isDeepStrictEqual(running.get(each.name)?.spec, each)) start(each);
        return { spec: each, instances: [] };
      },
      remove: async (name) => void running.delete(name),
      deployments: async () => deployments(),
      route: async () => undefined,
    },
    ...{ partitions: 6, skus: SKUS, shares: [25, 50, 100] },
    createOutput: async () => undefined,
    levelWith: async () => undefined,
    handOver: async () => undefined,
  };
  return { running, log, hands, close: () => void server.close() };
}

suite('a generator is changed SKU by SKU', () => {
  let generators: Awaited<ReturnType<typeof openGenerators>>;
  let rollout: ServiceRollout;

  beforeEach(async () => {
    generators = await openGenerators();
    rollout = generatorBySku(generators.hands, before, change, [25, 50, 100]);
  });
  afterEach(() => generators.close());

  test('the old one is quiet about a SKU before the new one has it', async () => {
    for (const step of rollout.steps) await step.apply();
    await rollout.finish();
    assert.deepEqual(generators.log, [
      ...['generator: 1,2,3', 'generator-v2: 0'],
      ...['generator: 2,3', 'generator-v2: 0,1'],
      ...['generator: ', 'generator-v2: 0,1,2,3'],
    ]);
    assert.deepEqual([...generators.running.keys()], ['generator-v2']);
  });

  test('aborted after any step, the old one has every SKU again and the new one is gone', async () => {
    for (let done = 0; done <= 3; done++) {
      const each = generatorBySku(generators.hands, before, change, [25, 50, 100]);
      for (const step of each.steps.slice(0, done)) await step.apply();
      await each.abort();
      await each.abort();
      assert.deepEqual(
        [...generators.running].map(([name, { skus }]) => `${name}: ${skus}`),
        ['generator: 0,1,2,3'],
      );
    }
    assert.ok(!generators.log.join().includes('two write'), generators.log.join('\n'));
  });

  test('while SKUs are split the new one keeps to its share of the rate, which is for all', async () => {
    await rollout.steps[0]?.apply();
    const env = generators.running.get('generator-v2')?.spec.env;
    assert.deepEqual([env?.SKUS, env?.RATE, env?.RATE_SKUS], ['none', '100', '4']);
  });

  test('in the end a new start of it has every SKU', async () => {
    for (const step of rollout.steps) await step.apply();
    await rollout.finish();
    const now = generators.running.get('generator-v2');
    assert.deepEqual([now?.spec, now?.skus], [rollout.after.generator, SKUS]);
    assert.equal(now?.spec.env.SKUS, '0-3');
  });
});
