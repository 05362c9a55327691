/** Tests that wrong usage is told completely, with the flag, on standard error, and ends with 64. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { createFakePlatform } from '../../src/platform/fake/fake-platform.ts';
import { runCli } from './run-cli.ts';

suite('wrong usage', () => {
  test('every problem is told at once and nothing is started', async () => {
    const platform = createFakePlatform();
    const wrong = [
      'up --skuz 4 --rate fast --seed -1 --brokers 2 --port 99999 --name Big_Name',
      '--app v9 --order backwards --bootstrap nowhere --registry ftp://x --valkey a:1,b:2,c:3',
      '--compatibility SOME --json=3 extra --schema-style',
    ];
    const run = await runCli(wrong.join(' ').split(' '), { platform });
    assert.equal(run.exitCode, 64);
    assert.deepEqual(run.out, []);
    const flags = [
      '--skuz',
      '--json',
      '--schema-style',
      '--app',
      '--rate',
      '--order',
      '--seed',
      '--compatibility',
      '--brokers',
      '--port',
      '--bootstrap',
      '--registry',
      '--valkey',
      '--name',
    ];
    const named = run.err.map((line) => line.match(/^cutover: (--[a-z-]+)/)?.[1]).filter(Boolean);
    assert.deepEqual(named, flags);
    assert.deepEqual(platform.specs, []);
  });

  const cases: readonly [args: string, message: RegExp][] = [
    ['', /^cutover: a command is missing: up, /],
    ['upp', /^cutover: upp: unknown command \(did you mean up\?\)$/],
    ['frobnicate', /^cutover: frobnicate: unknown command \(there are up, /],
    ['up --skuz 3', /^cutover: --skuz: unknown option \(did you mean --skus\?\)$/],
    ['up --frobnicate', /^cutover: --frobnicate: unknown option$/],
    ['up --skus', /^cutover: --skus: needs a value$/],
    ['up --skus --json', /^cutover: --skus: needs a value$/],
    ['up --skus=', /^cutover: --skus: needs a value$/],
    ['up --skus 0', /^cutover: --skus 0: must be a whole number from 1 to 100000$/],
    ['up --skus 1.5', /^cutover: --skus 1.5: must be a whole number/],
    ['up --skus 100001', /^cutover: --skus 100001: must be/],
    ['up --rate 0', /^cutover: --rate 0: must be a whole number of records per second, or max$/],
    ['up --brokers 2', /^cutover: --brokers 2: must be 1 or 3$/],
    ['up now', /^cutover: now: is not expected$/],
    ['up -- now', /^cutover: now: is not expected$/],
    ['down --name ../x', /^cutover: --name \.\.\/x: must be lower-case letters/],
    ['doctor --platform moon', /^cutover: --platform moon: must be one of: local, kubernetes$/],
  ];
  for (const [args, message] of cases) {
    test(`cutover ${args}`, async () => {
      const run = await runCli(args.split(' ').filter(Boolean));
      assert.equal(run.exitCode, 64);
      assert.match(run.err[0] ?? '', message);
      assert.deepEqual(run.out, []);
    });
  }
});

suite('help', () => {
  for (const name of ['up', 'down', 'doctor', 'verify']) {
    test(`cutover ${name} --help has an example and --json`, async () => {
      const run = await runCli([name, '--help']);
      assert.equal(run.exitCode, 0);
      const text = run.out.join('\n');
      assert.match(text, new RegExp(`\\$ npx cutover ${name}`));
      assert.match(text, /--json/);
    });
  }
  test('cutover --version prints the version of package.json', async () => {
    const run = await runCli(['--version']);
    assert.equal(run.exitCode, 0);
    assert.match(run.out[0] ?? '', /^\d+\.\d+\.\d+$/);
  });
});
