/** Tests `cutover watch` over a fake platform: what it shows, how it ends, and what happens to instances meanwhile. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { instanceChanges } from '../../src/cli/live/instance-changes.ts';
import type { Sample } from '../../src/history/timeline.ts';
import type { FakePlatform } from '../../src/platform/fake/fake-platform.ts';
import { createFakePlatform } from '../../src/platform/fake/fake-platform.ts';
import type { DeploymentSpec, Lab, Role } from '../../src/platform/platform.ts';
import { exampleTimeline } from '../history/example-timeline.ts';
import { runCli } from './run-cli.ts';

const run = { runId: 'r', seed: 1, skus: 1, order: 'chronological' } as const;

async function withLab(then: (platform: FakePlatform, lab: Lab) => Promise<void>): Promise<void> {
  const platform = createFakePlatform();
  const spec = { name: 'default', brokers: 1, partitions: 6, external: {}, run } as const;
  const lab = await platform.up(spec, () => undefined);
  for (const role of ['stats', 'back-end', 'generator'] as const) await lab.deploy(specOf(role));
  try {
    await then(platform, lab);
  } finally {
    await lab.down();
  }
}

function specOf(role: Role): DeploymentSpec {
  return { name: role, role, version: 'v1', replicas: 1, env: {} };
}

suite('cutover watch', () => {
  test('--once prints one look: each service with its versions and instances', () =>
    withLab(async (platform) => {
      const { exitCode, out } = await runCli(['watch', '--once'], { platform });
      assert.equal(exitCode, 0);
      const text = out.join('\n');
      assert.match(text, /^lab default on fake/);
      assert.match(text, /└─ generator +v1 +✔ 1\/1 +100 %/);
      assert.match(text, /└─ back-end-0 +✔ ready/);
    }));

  test('--json prints a sample a line until it is interrupted, and ends with 0', () =>
    withLab(async (platform) => {
      let lines = 0;
      const onLine = (_line: string, interrupt: () => void) => {
        lines += 1;
        if (lines === 2) interrupt();
      };
      const { exitCode, out } = await runCli(['watch', '--json'], { platform, onLine });
      assert.equal(exitCode, 0);
      const samples = out.map((line) => JSON.parse(line) as Sample);
      assert.deepEqual(
        samples.map(({ kind }) => kind),
        ['sample', 'sample'],
      );
      assert.equal(samples[0]?.deployments.length, 3);
    }));

  test('ends when the lab is stopped, and says so', () =>
    withLab(async (platform, lab) => {
      const onLine = () => void lab.down();
      const { exitCode, err } = await runCli(['watch', '--json'], { platform, onLine });
      assert.equal(exitCode, 0);
      assert.deepEqual(err, ['the lab default was stopped']);
    }));

  test('without a lab it says how to start one, 1', async () => {
    const { exitCode, err } = await runCli(['watch', '--name', 'none']);
    assert.equal(exitCode, 1);
    assert.match(err.join(), /no lab named none is running. Mend: .*npx cutover up --name none/);
  });
});

suite('changes between two samples', () => {
  const samples = exampleTimeline().filter((event) => event.kind === 'sample');
  const at = (ms: number): Sample => {
    const found = samples.find(({ atMs }) => atMs === ms);
    assert.ok(found);
    return found;
  };
  const told = (before: Sample | undefined, after: Sample) =>
    instanceChanges(before, after).map(
      ({ subject, event, detail }) => `${subject} ${event} ${detail}`,
    );

  test('instances that are gone and that are new are told', () => {
    assert.deepEqual(told(at(8_000), at(8_500)), ['stats-0 gone was at v1']);
    assert.deepEqual(told(at(4_000), at(4_500)), ['stats-v2-0 started at v2']);
    assert.deepEqual(told(at(9_000), at(9_500)), []);
    assert.deepEqual(told(undefined, at(9_500)), []);
  });

  test('so are restarts, and that one is no longer ready', () => {
    const change = (ready: boolean, restarts: number): Sample => {
      const sample = at(9_000);
      const deployments = sample.deployments.map((each) => {
        return { ...each, instances: [{ name: `${each.name}-0`, ready, restarts }] };
      });
      return { ...sample, deployments: deployments.slice(0, 1) };
    };
    assert.deepEqual(told(change(true, 0), change(false, 0)), ['generator-0 not ready at v1']);
    assert.deepEqual(told(change(false, 0), change(true, 0)), ['generator-0 ready at v1']);
    assert.deepEqual(told(change(true, 0), change(true, 2)), [
      'generator-0 restarted 2 times so far',
    ]);
  });
});
