/** What every platform must do, as tests: one suite, run on each platform in turn. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  Deployment,
  DeploymentSpec,
  Instance,
  Lab,
  LabSpec,
  Platform,
} from '../../src/platform/platform.ts';

/** A platform to hold to the contract. */
export interface PlatformUnderTest {
  readonly name: string;
  readonly create: () => Platform | Promise<Platform>;
  readonly spec: LabSpec;
  /** Settings that a `stats` deployment needs here. */
  readonly env?: Readonly<Record<string, string>>;
  /** The application version that answers at an instance's URL; not compared where absent. */
  readonly versionAt?: (url: string) => Promise<string>;
}

const limitMs = 30_000;
const suiteLimitMs = 180_000;

/** Declares the contract's tests for one platform. */
export function describePlatform(subject: PlatformUnderTest): void {
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
    const untilFirst = (wanted: (instance: Instance) => boolean): Promise<Instance> =>
      until(async () => {
        const instance = await first();
        return instance && wanted(instance) ? instance : undefined;
      });

    test('a lab that is up answers where it says, and others can find it', async () => {
      assert.equal(lab.platform, platform.name);
      assert.match(lab.addresses.bootstrap, /^[^,]+:\d+(,[^,]+:\d+)*$/);
      assert.match(lab.addresses.registry, /^https?:\/\/.*[^/]$/);
      assert.equal(lab.addresses.valkey.length, 2);
      const found = await platform.find(subject.spec.name);
      assert.deepEqual(found?.addresses, lab.addresses);
      assert.deepEqual(found?.run, subject.spec.run);
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

    test('another version replaces the processes', async () => {
      const before = await first();
      const { spec, instances } = await lab.deploy({ ...stats, version: 'v2' });
      assert.equal(spec.version, 'v2');
      assert.equal(instances.length, 1);
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
      assert.deepEqual(ended, ['stats-0']);
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
      for (const act of [lab.kill, lab.pause, lab.resume, lab.remove]) {
        await assert.rejects(async () => act.call(lab, 'nobody-7'), /"nobody-7"/);
      }
    });

    test('a removed deployment is gone', async () => {
      await lab.remove('stats');
      assert.deepEqual(await lab.deployments(), []);
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
  for (const { url } of subject.versionAt ? instances : []) {
    assert.equal(await subject.versionAt?.(url), version);
  }
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    assert.ok(Date.now() < deadline, `not seen within ${limitMs / 1000} s`);
    await delay(50);
  }
}
