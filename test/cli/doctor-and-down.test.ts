/** Tests `cutover doctor` and `cutover down` against a fake platform. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { createFakePlatform } from '../../src/platform/fake/fake-platform.ts';
import { runCli } from './run-cli.ts';

const java = { name: 'Java', ok: true, detail: 'Java 25 in /opt/java' };
const valkey = { name: 'Valkey', ok: false, detail: 'none found', mend: 'apt-get install valkey' };

suite('cutover doctor', () => {
  test('is content with 0 where nothing is missing', async () => {
    const run = await runCli(['doctor'], {
      platform: createFakePlatform({ prerequisites: [java] }),
    });
    assert.equal(run.exitCode, 0);
    assert.deepEqual(run.out, ['✔ Java  Java 25 in /opt/java']);
  });

  test('lists everything and how to mend what is missing, and ends with 1', async () => {
    const platform = createFakePlatform({ prerequisites: [java, valkey] });
    const run = await runCli(['doctor'], { platform });
    assert.equal(run.exitCode, 1);
    assert.deepEqual(run.out, [
      '✔ Java    Java 25 in /opt/java',
      '✖ Valkey  none found',
      '          mend: apt-get install valkey',
    ]);
  });

  test('--json prints one object', async () => {
    const platform = createFakePlatform({ prerequisites: [java, valkey] });
    const run = await runCli(['doctor', '--json'], { platform });
    assert.equal(run.exitCode, 1);
    assert.deepEqual(JSON.parse(run.out.join('')), { ok: false, prerequisites: [java, valkey] });
  });
});

suite('cutover down', () => {
  test('says that nothing ran', async () => {
    const run = await runCli(['down', '--name', 'demo']);
    assert.equal(run.exitCode, 0);
    assert.deepEqual(run.out, ['nothing of a lab named demo was running']);
  });

  test('says how many processes it ended', async () => {
    const platform = createFakePlatform();
    const interrupt = new AbortController();
    const up = runCli(['up', '--name', 'demo'], { platform, interrupt });
    while (platform.running.size === 0) await new Promise(setImmediate);
    const run = await runCli(['down', '--name', 'demo', '--json'], { platform });
    assert.deepEqual(JSON.parse(run.out.join('')), { name: 'demo', ended: 1 });
    interrupt.abort();
    await up;
  });
});
