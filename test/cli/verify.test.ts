/** Tests `cutover verify` on saved histories: what it prints, and with which exit code it ends. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, suite } from 'node:test';
import type { LogRecord } from '../../src/history/log-input.ts';
import { makeHistory, makeLog, runApplication } from '../checker/synthetic-lab.ts';
import { runCli } from './run-cli.ts';

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cutover-verify-'));
});
after(() => rm(folder, { recursive: true }));

async function save(log: LogRecord[][], name = 'history.json'): Promise<string> {
  const history = await makeHistory({ log, ...(await runApplication(log, { version: 'v1' })) });
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(history));
  return path;
}

suite('cutover verify', () => {
  test('judges a folder that holds a history: pass, 0', async () => {
    await save(makeLog());
    const { exitCode, out } = await runCli(['verify', folder]);
    assert.equal(exitCode, 0, out.join('\n'));
    const text = out.join('\n');
    for (const part of ['I1  intake', 'I2  totals', 'I3  prefix', 'I9  schema', 'PASS  0 lost']) {
      assert.ok(text.includes(part), text);
    }
    assert.ok(!text.includes('\x1b'), 'no colours where the output is no terminal');
  });

  test('names the first lost record: fail, 1', async () => {
    const log = makeLog();
    log[1]?.splice(300, 1);
    const { exitCode, out } = await runCli(['verify', await save(log, 'lost.json')]);
    assert.equal(exitCode, 1);
    assert.match(out.join('\n'), /FAIL {2}1 lost/);
    assert.match(out.join('\n'), /I1 {2}lost .*from seq 300.*sku_000001/);
  });

  test('--json prints one object with the counts and the invariants', async () => {
    const path = await save(makeLog(), 'clean.json');
    const { exitCode, out } = await runCli(['verify', path, '--json']);
    const { invariants, ...verdict } = JSON.parse(out.join(''));
    assert.equal(exitCode, 0);
    assert.deepEqual(Object.keys(invariants), ['I1', 'I2', 'I3', 'I9']);
    const names =
      'verdict lost duplicated misAggregated stale undecodable unavailable records keys';
    for (const name of names.split(' ')) assert.ok(name in verdict, name);
  });

  test('--complete demands the records that were not sent: fail, 1', async () => {
    const path = await save(makeLog(), 'clean.json');
    assert.equal((await runCli(['verify', path, '--complete'])).exitCode, 1);
  });

  test('too little data is inconclusive, 2', async () => {
    assert.equal((await runCli(['verify', await save([[], []], 'empty.json')])).exitCode, 2);
  });

  test('without a running lab it says how to start one, 1', async () => {
    const { exitCode, err } = await runCli(['verify', '--live', '--name', 'none']);
    assert.equal(exitCode, 1);
    assert.match(err.join(), /no lab named none is running. Mend: .*npx cutover up --name none/);
  });

  test('a file that is no history is refused in one line, 1', async () => {
    const path = join(folder, 'other.json');
    await writeFile(path, '{"format":2}');
    for (const run of [path, join(folder, 'none.json')]) {
      const { exitCode, err } = await runCli(['verify', run]);
      assert.equal(exitCode, 1);
      assert.equal(err.length, 1);
      assert.match(err.join(), /cannot read the run .*Mend: /);
    }
  });

  test('wrong usage tells what is missing, 64', async () => {
    for (const args of [[], ['run.json', '--live'], ['--live', '--timeout', 'soon']]) {
      assert.equal((await runCli(['verify', ...args])).exitCode, 64, args.join(' '));
    }
  });
});
