/** What every platform must do, as tests: one suite, run on each platform in turn. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Redis as Valkey } from 'iovalkey';
import type {
  Component,
  Deployment,
  DeploymentSpec,
  Instance,
  Lab,
  LabSpec,
  Platform,
} from '../../src/platform/platform.ts';
import type { ReadersUnderTest } from './readers.contract.ts';
import { describeReaders } from './readers.contract.ts';
import { untilSeen } from './until-seen.ts';

/** A platform to hold to the contract. */
export interface PlatformUnderTest extends Omit<ReadersUnderTest, 'lab'> {
  readonly name: string;
  readonly create: () => Platform | Promise<Platform>;
  readonly spec: LabSpec;
  /** Whether the components are only said to be there. */
  readonly withoutComponents?: true;
  /** How long all tests together may take; default 3 min. */
  readonly suiteLimitMs?: number;
}

/** Declares the contract's tests for one platform. */
export function describePlatform(subject: PlatformUnderTest): void {
  const { suiteLimitMs = 180_000 } = subject;
  describe(`platform ${subject.name}`, { timeout: suiteLimitMs }, () => {
    const stats: DeploymentSpec = {
      name: 'stats',
      role: 'stats',
      version: 'v1',
      replicas: 1,
      env: subject.env ?? {},
    };
    let platform: Platform;
    let lab: Lab;

    before(async () => {
      platform = await subject.create();
      lab = await platform.up(subject.spec, () => undefined);
    });
    after(() => lab?.down());

    const deployed = async (): Promise<Deployment | undefined> =>
      (await lab.deployments()).find(({ spec }) => spec.name === 'stats');
    const first = async (): Promise<Instance | undefined> => (await deployed())?.instances[0];
    const until = <T>(look: () => Promise<T | undefined>): Promise<T> => untilSeen(look, subject);
    const untilFirst = (wanted: (instance: Instance) => boolean): Promise<Instance> =>
      until(async () => {
        const instance = await first();
        return instance && wanted(instance) ? instance : undefined;
      });
    const component = async (name: string): Promise<Component | undefined> =>
      (await lab.components()).find((each) => each.name === name);

    test('a lab that is up answers where it says, and others can find it', async () => {
      assert.equal(lab.platform, platform.name);
      assert.match(lab.addresses.bootstrap, /^[^,]+:\d+(,[^,]+:\d+)*$/);
      assert.match(lab.addresses.registry, /^https?:\/\/.*[^/]$/);
      assert.equal(lab.addresses.valkey.length, 2);
      assert.match(lab.addresses.rest, /^http:\/\/[^/]+:\d+$/);
      const found = await platform.find(subject.spec.name);
      assert.deepEqual(found?.addresses, lab.addresses);
      assert.deepEqual(found?.run, subject.spec.run);
    });

    test('the state DBs answer a client', async (t) => {
      if (subject.withoutComponents) return t.skip('its components are not there');
      for (const address of lab.addresses.valkey) {
        const { hostname, port } = new URL(`tcp://${address}`);
        const client = new Valkey(Number(port), hostname, { retryStrategy: () => null });
        t.after(() => client.disconnect());
        assert.equal(await client.ping(), 'PONG');
      }
    });

    test('every component is listed, ready, under a name of its own', async () => {
      const components = await lab.components();
      const names = components.map(({ name }) => name);
      assert.ok(
        names.some((name) => name.startsWith('kafka-')),
        names.join(),
      );
      for (const name of ['registry', 'valkey-back-end', 'valkey-stats'])
        assert.ok(names.includes(name), `${name} is not among ${names}`);
      assert.equal(new Set(names).size, names.length);
      assert.equal(new Set(components.map(({ id }) => id)).size, names.length);
      assert.deepEqual(
        components.filter(({ ready }) => !ready),
        [],
      );
    });

    test('a second lab of the same name is refused with the command that ends the first', async () => {
      await assert.rejects(
        platform.up(subject.spec, () => undefined),
        /cutover down/,
      );
    });

    test('a deployment is ready when deploy resolves', async () => {
      const { instances } = await lab.deploy(stats);
      assert.deepEqual(
        instances.map(({ name, ready, restarts }) => ({ name, ready, restarts })),
        [{ name: 'stats-0', ready: true, restarts: 0 }],
      );
      assert.deepEqual((await deployed())?.instances, instances);
      await assertVersion(subject, instances, 'v1');
    });

    test('scaling up and down again keeps the first instance', async () => {
      const before = await first();
      const { instances } = await lab.deploy({ ...stats, replicas: 2 });
      assert.deepEqual(
        instances.map(({ name, ready }) => ({ name, ready })),
        [
          { name: 'stats-0', ready: true },
          { name: 'stats-1', ready: true },
        ],
      );
      assert.equal(new Set(instances.map(({ url }) => url)).size, 2);
      assert.deepEqual((await lab.deploy(stats)).instances, [before]);
    });

    test('a deployment that nobody wants any more can be removed at once', async () => {
      const giveUp = new AbortController();
      const unwanted = { ...stats, name: 'stats-unwanted' };
      const deploying = lab.deploy(unwanted, giveUp.signal);
      giveUp.abort(new Error('nobody wants it'));
      // A platform that cannot let go deploys it.
      const isThere = await deploying.then(
        () => true,
        (error: Error) => assert.match(error.message, /nobody wants it/),
      );
      if (isThere) await lab.remove(unwanted.name);
      const names = (await lab.deployments()).map(({ spec }) => spec.name);
      assert.deepEqual(names, ['stats']);
    });

    test('another version replaces the processes', async () => {
      const before = await first();
      const { spec, instances } = await lab.deploy({ ...stats, version: 'v2' });
      assert.equal(spec.version, 'v2');
      assert.equal(instances.length, 1);
      assert.equal(instances[0]?.name, 'stats-0');
      assert.notEqual(instances[0]?.id, before?.id);
      await assertVersion(subject, instances, 'v2');
      const found = await platform.find(subject.spec.name);
      assert.equal(found?.deployments[0]?.spec.version, 'v2');
    });

    test('a killed instance is started again by the platform', async (t) => {
      if (!platform.capabilities.has('kill')) return t.skip('the platform cannot kill');
      const before = await first();
      const ended: string[] = [];
      lab.onEvent(({ kind, subject: who }) => {
        if (kind === 'ended') ended.push(who);
      });
      await lab.kill('stats-0');
      const { id } = await untilFirst(({ restarts, ready }) => restarts === 1 && ready);
      assert.notEqual(id, before?.id);
      // Told when the platform looks again, which may be later than this test looked.
      await until(async () => ended.length > 0 || undefined);
      assert.deepEqual(ended, ['stats-0']);
    });

    test('a killed component comes back as another process, and answers', async (t) => {
      if (!platform.capabilities.has('kill')) return t.skip('the platform cannot kill');
      const before = await component('valkey-stats');
      assert.ok(before);
      await lab.kill('valkey-stats');
      await until(async () => {
        const now = await component('valkey-stats');
        return now?.ready && now.id !== before.id ? now : undefined;
      });
    });

    test('an evicted instance comes back as another one', async (t) => {
      if (!platform.capabilities.has('evict')) {
        await assert.rejects(lab.evict('stats-0'), /cannot evict/);
        return t.skip('the platform cannot evict, and says so');
      }
      const before = await first();
      await lab.evict('stats-0');
      await untilFirst(({ id, ready }) => ready && id !== before?.id);
    });

    test('a paused instance is not ready until it is resumed', async (t) => {
      if (!platform.capabilities.has('pause')) return t.skip('the platform cannot pause');
      const before = await first();
      await lab.pause('stats-0');
      await untilFirst(({ ready }) => !ready);
      await lab.resume('stats-0');
      const { id } = await untilFirst(({ ready }) => ready);
      assert.equal(id, before?.id);
    });

    test('an unknown instance or deployment is an error that names it', async () => {
      const acts = [lab.kill, lab.pause, lab.resume, lab.remove, lab.discard];
      if (platform.capabilities.has('evict')) acts.push(lab.evict);
      for (const act of acts) {
        await assert.rejects(async () => act.call(lab, 'nobody-7'), /"nobody-7"/);
      }
    });

    test('a discarded deployment is gone, and can be deployed again', async () => {
      await lab.discard('stats');
      assert.deepEqual(await lab.deployments(), []);
      assert.equal((await lab.deploy(stats)).instances.length, 1);
    });

    test('a removed deployment is gone', async () => {
      await lab.remove('stats');
      assert.deepEqual(await lab.deployments(), []);
    });

    describeReaders({
      ...subject,
      lab: () => lab,
    });

    test('down leaves nothing, can be repeated, and makes room for the next lab', async () => {
      await lab.deploy(stats);
      await lab.down();
      await lab.down();
      assert.equal(await platform.find(subject.spec.name), undefined);
      assert.equal(await platform.down(subject.spec.name), 0);
      await assert.rejects(lab.deploy(stats));
    });
  });
}

async function assertVersion(
  subject: PlatformUnderTest,
  instances: readonly Instance[],
  version: string,
): Promise<void> {
  for (const { url } of instances) assert.equal(await subject.versionAt(url), version);
}
