/** Tests the course of `cutover up` against a fake platform. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { suite } from 'node:test';
import { createFakePlatform } from '../../src/platform/fake/fake-platform.ts';
import { LocalError } from '../../src/platform/local/errors.ts';
import { runCli } from './run-cli.ts';

/** Ends the lab as soon as it has said where it is. */
const untilReady = (line: string, interrupt: () => void) => {
  if (line.startsWith('{') || line.includes('registry')) interrupt();
};

suite('cutover up', () => {
  test('asks for the lab that the options describe', async () => {
    const platform = createFakePlatform();
    const args =
      'up --skus 3 --seed 7 --order shuffled --partitions 4 --brokers 3 --name demo --app v2 --rate 50 --schema-style required --port 0 --bootstrap k:1,l:2 --registry http://r/api/ --valkey a:1,b:2';
    const run = await runCli(args.split(' '), { platform, onLine: untilReady });
    assert.equal(run.exitCode, 0, run.err.join('\n'));
    const [spec] = platform.specs;
    assert.deepEqual(
      { ...spec, run: { ...spec?.run, runId: '' } },
      {
        name: 'demo',
        brokers: 3,
        partitions: 4,
        restPort: 0,
        external: { bootstrap: 'k:1,l:2', registry: 'http://r/api', valkey: ['a:1', 'b:2'] },
        run: { runId: '', seed: 7, skus: 3, order: 'shuffled' },
      },
    );
    const generator = platform.deployed.find((each) => each.role === 'generator');
    assert.equal(generator?.version, 'v2');
    assert.deepEqual(generator?.env, {
      SCHEMA_STYLE: 'required',
      SEED: '7',
      SKUS: '0-2',
      ORDER: 'shuffled',
      RATE: '50',
    });
  });

  test('streams at a rate that one can watch unless told otherwise', async () => {
    const platform = createFakePlatform();
    await runCli(['up'], { platform, onLine: untilReady });
    const generator = platform.deployed.find((each) => each.role === 'generator');
    assert.equal(generator?.env.RATE, '20000');
  });

  test('sets the compatibility mode of both subjects', async () => {
    const platform = createFakePlatform();
    await runCli(['up', '--compatibility', 'FULL'], { platform, onLine: untilReady });
    assert.deepEqual([...platform.registryChanges].sort(), [
      '/config/raw-data-in-value {"compatibility":"FULL"}',
      '/config/summary-stats-value {"compatibility":"FULL"}',
    ]);
  });

  test('Ctrl-C stops everything and is no failure', async () => {
    const platform = createFakePlatform();
    const run = await runCli(['up'], { platform, onLine: untilReady });
    assert.equal(run.exitCode, 0);
    assert.deepEqual([...platform.running], []);
    assert.equal(run.err.at(-1), 'stopped');
  });

  test('Ctrl-C while the components start stops everything and ends with 130', async () => {
    const platform = createFakePlatform({ hangs: true });
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(), 20);
    const run = await runCli(['up'], { platform, interrupt });
    assert.equal(run.exitCode, 130);
    assert.deepEqual([...platform.running], []);
  });

  test('--json prints the addresses first, then one event a line, and nothing else', async () => {
    const platform = createFakePlatform();
    const onLine = (line: string, interrupt: () => void) => {
      if (line.includes('"bootstrap"')) {
        platform.emit({ atMs: 0, kind: 'restarting', subject: 'back-end-0', detail: 'killed' });
      }
      if (line.includes('"status"')) interrupt();
    };
    const run = await runCli(['up', '--json'], { platform, onLine });
    const [ready, ...events] = run.out.map((line) => JSON.parse(line));
    assert.equal(ready.bootstrap, '127.0.0.1:9092');
    assert.match(ready.registry, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.deepEqual(ready.valkey, ['127.0.0.1:6379', '127.0.0.1:6380']);
    assert.match(ready.rest, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(ready.name, 'default');
    assert.deepEqual(
      { ...ready.run, runId: '' },
      { runId: '', seed: 1, skus: 10, order: 'chronological' },
    );
    const told = events.map(({ event, subject }) => `${event} ${subject}`);
    assert.deepEqual(told.slice(0, 4), [
      'started back-end-0',
      'started stats-0',
      'started generator-0',
      'restarting back-end-0',
    ]);
    assert.equal(events.at(-1).event, 'status');
    assert.equal(events.at(-1).expected, 2_118_240);
  });

  test('a part that gives up ends the lab with 1 and its reason', async () => {
    const platform = createFakePlatform();
    const onLine = (line: string) => {
      if (!line.includes('registry')) return;
      platform.emit({ atMs: 0, kind: 'gave-up', subject: 'generator-0', detail: 'schema refused' });
    };
    const run = await runCli(['up'], { platform, onLine });
    assert.equal(run.exitCode, 1);
    assert.match(run.err.at(-1) ?? '', /generator-0 gave up: schema refused\. Mend: /);
    assert.deepEqual([...platform.running], []);
  });

  test('an expected failure is one line and 1', async () => {
    const failure = new LocalError('TOOL_MISSING', 'No Java. Mend: apt-get install java');
    const run = await runCli(['up'], { platform: createFakePlatform({ failure }) });
    assert.equal(run.exitCode, 1);
    assert.deepEqual(run.err, ['cutover: No Java. Mend: apt-get install java']);
  });

  test('an error of our own is one line and 70, and --debug shows the stack and its cause', async () => {
    const failure = new Error('odd', { cause: new Error('deeper') });
    const platform = createFakePlatform({ failure });
    const quiet = await runCli(['up'], { platform });
    assert.equal(quiet.exitCode, 70);
    assert.equal(quiet.err.length, 1);
    assert.match(quiet.err[0] ?? '', /^cutover: internal error: odd .*--debug/);
    const loud = await runCli(['up', '--debug'], { platform });
    assert.equal(loud.exitCode, 70);
    assert.match(loud.err.join('\n'), /caused by: Error: deeper/);
  });

  test('kept data keep their run; other settings are refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cutover-test-'));
    try {
      const platform = createFakePlatform();
      const args = ['up', '--data', folder];
      await runCli(args, { platform, onLine: untilReady });
      await runCli(args, { platform, onLine: untilReady });
      assert.equal(platform.specs[0]?.run.runId, platform.specs[1]?.run.runId);
      assert.equal(platform.specs[1]?.dataDir, folder);
      const other = await runCli([...args, '--skus', '3'], { platform, onLine: untilReady });
      assert.equal(other.exitCode, 1);
      assert.match(other.err[0] ?? '', /Mend: start with --skus 10/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
