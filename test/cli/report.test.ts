/** Tests `cutover report` and `cutover verify` on saved runs: what they write and print, and with which exit code they end. */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, suite } from 'node:test';
import { openerOf } from '../../src/cli/report/open-page.ts';
import { createRunFolder } from '../../src/history/run-folder.ts';
import { makeHistory, makeLog, runApplication } from '../checker/synthetic-lab.ts';
import { exampleRun } from '../history/example-run.ts';
import { runCli } from './run-cli.ts';

let root: string;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'cutover-report-'));
});
after(() => rm(root, { recursive: true }));

interface Saved {
  /** A record that the log lost. */
  readonly lost?: boolean;
  /** The run was killed before it was judged. */
  readonly killed?: boolean;
}

/** Saves a run whose history is a real one of a small log. */
async function save(name: string, { lost = false, killed = false }: Saved = {}): Promise<string> {
  const run = exampleRun('safe');
  const log = makeLog();
  if (lost) log[1]?.splice(300, 1);
  const folder = await createRunFolder(root, name, new Date());
  await folder.write('experiment', run.experiment);
  await folder.write('prediction', run.prediction);
  await folder.write('manifest', run.manifest);
  for (const event of run.timeline) folder.event(event);
  folder.close();
  if (killed) return folder.path;
  const history = await makeHistory({ log, ...(await runApplication(log, { version: 'v1' })) });
  await folder.write('history', history);
  return folder.path;
}

suite('cutover verify of a run', () => {
  test('that is safe: the answer beside prediction and expectation, 0', async () => {
    const { exitCode, out } = await runCli(['verify', await save('safe')]);
    assert.equal(exitCode, 0, out.join('\n'));
    assert.match(
      out.join('\n'),
      /observed {3}safe, promoted\n {2}predicted {2}safe, promoted {2}✔ the same/,
    );
  });

  test('that lost a record: judged again, whatever was written before, 1', async () => {
    const { exitCode, out } = await runCli([
      'verify',
      await save('lost', { lost: true }),
      '--json',
    ]);
    const { run, ...check } = JSON.parse(out.join(''));
    assert.equal(exitCode, 1);
    assert.deepEqual([check.verdict, check.lost], ['fail', 1]);
    assert.deepEqual(run.observed, { verdict: 'accepted-but-unsafe', outcome: 'promoted' });
    assert.deepEqual([run.agrees, run.asExpected, run.found], [false, false, ['lost']]);
  });

  test('that was killed says what is missing, 1', async () => {
    const { exitCode, err } = await runCli(['verify', await save('killed', { killed: true })]);
    assert.equal(exitCode, 1);
    assert.match(err.join('\n'), /history\.json: is missing: the run ended before it was written/);
    assert.match(err.at(-1) ?? '', /cannot read the run .*Mend: /);
  });
});

suite('cutover report', () => {
  test('judges a run that was not judged, writes the report and prints its path', async () => {
    const folder = await save('unjudged', { lost: true });
    const { exitCode, out } = await runCli(['report', folder, '--no-open']);
    assert.equal(exitCode, 0);
    assert.deepEqual(out, [join(folder, 'report.html')]);
    assert.match(await readFile(join(folder, 'report.html'), 'utf8'), /1 record lost/);
    const verdict = JSON.parse(await readFile(join(folder, 'verdict.json'), 'utf8'));
    assert.equal(verdict.check.lost, 1);
    assert.match(await readFile(join(folder, 'junit.xml'), 'utf8'), /name="I1 intake"><failure/);
  });

  test('of a killed run shows how far it came', async () => {
    const folder = await save('half', { killed: true });
    const { exitCode, out } = await runCli(['report', folder, '--json']);
    assert.equal(exitCode, 0);
    assert.deepEqual(JSON.parse(out.join('')), {
      report: join(folder, 'report.html'),
      junit: null,
    });
    const page = await readFile(join(folder, 'report.html'), 'utf8');
    assert.match(page, /Not judged/);
    assert.match(page, /history\.json: is missing/);
  });

  test('takes the beginning of a name, or latest', async () => {
    const folder = await save('zebra');
    for (const name of ['zebra', 'latest']) {
      const { out } = await runCli(['report', name, '--runs', root]);
      assert.deepEqual(out, [join(folder, 'report.html')], name);
    }
  });

  test('of a run that is not there says which there are, 1', async () => {
    const { exitCode, err } = await runCli(['report', 'nowhere', '--runs', root]);
    assert.equal(exitCode, 1);
    assert.match(err.join('\n'), /there is no run nowhere in .*the latest are .*Mend: /);
  });

  test('without a run is wrong usage, 64', async () => {
    assert.equal((await runCli(['report'])).exitCode, 64);
  });
});

test('a page is opened only where there is a desktop', () => {
  assert.equal(openerOf('linux', { DISPLAY: ':0' }), 'xdg-open');
  assert.equal(openerOf('linux', { WAYLAND_DISPLAY: 'wayland-0' }), 'xdg-open');
  assert.equal(openerOf('linux', { DISPLAY: '' }), undefined);
  assert.equal(openerOf('darwin', {}), 'open');
  assert.equal(openerOf('win32', { DISPLAY: ':0' }), undefined);
});
