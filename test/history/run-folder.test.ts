/** Tests that a run is read back as it was saved, and as much of it as can be read where it is damaged. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { after, before, suite } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeManifest } from '../../src/history/manifest.ts';
import { describeProblem, findRun, readRun } from '../../src/history/read-run.ts';
import type { RunFolder } from '../../src/history/run-folder.ts';
import { createRunFolder } from '../../src/history/run-folder.ts';
import type { StateCall } from '../../src/history/timeline.ts';
import { exampleRun } from './example-run.ts';

const started = new Date('2026-11-24T01:02:03Z');
const run = exampleRun('rolled-back');
const call: StateCall = {
  ...{ atMs: 5, namespace: 'back-end', partition: 0, call: 'apply', token: [1, 2, 'a'] },
  ...{ stored: [1, 2, 'a'], first: 0, next: 10, storedNext: 0, accepted: true },
};
let root: string;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'cutover-runs-'));
});
after(() => rm(root, { recursive: true }));

async function save(name: string): Promise<RunFolder> {
  const folder = await createRunFolder(root, name, started);
  await folder.write('experiment', run.experiment);
  await folder.write('prediction', run.prediction);
  await folder.write('manifest', run.manifest);
  for (const event of run.timeline) folder.event(event);
  folder.stateCall(call);
  await folder.write('history', run.history);
  folder.close();
  await folder.write('verdict', run.verdict);
  return folder;
}

suite('a run that is whole', () => {
  test('is read back as it was saved', async () => {
    const { path } = await save('whole');
    const { folder, problems, ...read } = await readRun(path);
    assert.deepEqual(problems, []);
    assert.equal(folder, path);
    assert.deepEqual(read, { ...run, stateCalls: [call] });
    assert.ok((await readdir(path)).every((name) => !name.endsWith('.part')));
  });

  test('stands in a folder named by its time, and two of one second in two', async () => {
    const first = await createRunFolder(root, 'twice', started);
    const second = await createRunFolder(root, 'twice', started);
    assert.equal(first.path, join(root, '20261124T010203-twice'));
    assert.equal(second.path, `${first.path}-2`);
    first.close();
    second.close();
  });
});

suite('a run that was killed', () => {
  test('has every event that is older than a second', async () => {
    const program = fileURLToPath(new URL('fixtures/append-until-killed.ts', import.meta.url));
    const args = ['--disable-warning=ExperimentalWarning', program, root];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let lastMs = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      lastMs = Number(line);
      if (lastMs === 1_500) break;
    }
    child.kill('SIGKILL');
    const [name = ''] = (await readdir(root)).filter((each) => each.endsWith('-killed'));
    const { timeline, problems, history } = await readRun(join(root, name));
    const read = timeline.at(-1)?.atMs ?? -1;
    assert.ok(read >= lastMs - 1_000, `read up to ${read} ms of ${lastMs} ms`);
    assert.equal(timeline.length, read / 100 + 1);
    assert.equal(history, null);
    assert.ok(problems.some(({ file }) => file === 'history.json'));
  });
});

suite('a run that is damaged', () => {
  test('a line that is cut off is told, and the others are read', async () => {
    const { path } = await save('cut');
    const file = join(path, 'timeline.jsonl');
    await truncate(file, (await readFile(file)).length - 20);
    const { timeline, problems } = await readRun(path);
    assert.deepEqual(timeline, run.timeline.slice(0, -1));
    assert.deepEqual(problems.map(describeProblem), [
      `timeline.jsonl, line ${run.timeline.length}: is cut off: the run was ended while it was written; the lines before it were read`,
    ]);
  });

  test('a broken line in between is named and left out', async () => {
    const { path } = await save('broken');
    const file = join(path, 'state-calls.jsonl');
    await appendFile(file, `{"atMs":\n${JSON.stringify({ ...call, atMs: 9 })}\n`);
    const { stateCalls, problems } = await readRun(path);
    assert.deepEqual(
      stateCalls.map(({ atMs }) => atMs),
      [5, 9],
    );
    assert.match(problems.map(describeProblem).join(), /^state-calls\.jsonl, line 2: is no JSON/);
  });

  test('each part that is missing or unreadable is named, all at once', async () => {
    const { path } = await save('holes');
    await rm(join(path, 'prediction.json'));
    await rm(join(path, 'timeline.jsonl'));
    await writeFile(join(path, 'manifest.json'), '{"format":7}');
    await writeFile(join(path, 'history.json'), '{"form');
    const { problems, experiment, manifest, history, timeline } = await readRun(path);
    assert.deepEqual(experiment, run.experiment);
    assert.deepEqual([manifest, history, timeline], [null, null, []]);
    const told = problems.map(describeProblem).sort();
    assert.equal(told.length, 4, told.join('\n'));
    assert.match(told[0] ?? '', /^history\.json: .*JSON/);
    assert.equal(told[1], 'manifest.json: is of format 7, not 1');
    assert.match(told[2] ?? '', /^prediction\.json: is missing/);
    assert.match(told[3] ?? '', /^timeline\.jsonl: is missing/);
  });

  test('a folder without anything of a run is refused', async () => {
    const empty = join(root, 'empty');
    await mkdir(empty);
    await assert.rejects(readRun(empty), /empty holds no run: none of experiment\.json/);
    await assert.rejects(readRun(join(root, 'nowhere')), /cannot list .*nowhere: ENOENT/);
  });
});

suite('the run that a person means', () => {
  const names = ['20260101T000000-a', '20260102T000000-ab', '20260103T000000-b'];
  let runs: string;
  before(async () => {
    runs = await mkdtemp(join(tmpdir(), 'cutover-find-'));
    for (const name of [...names, 'matrix']) await mkdir(join(runs, name));
  });
  after(() => rm(runs, { recursive: true }));

  test('is a path, the latest, or one that begins so', async () => {
    assert.equal(await findRun(runs, join(runs, 'matrix')), join(runs, 'matrix'));
    assert.equal(await findRun(runs, 'latest'), join(runs, names[2] ?? ''));
    assert.equal(await findRun(runs, '20260102'), join(runs, names[1] ?? ''));
    assert.equal(await findRun(runs, 'b'), join(runs, names[2] ?? ''));
  });

  test('is never guessed', async () => {
    await assert.rejects(findRun(runs, 'a'), /a could be 20260101T000000-a, 20260102T000000-ab/);
    await assert.rejects(
      findRun(runs, 'c'),
      /there is no run c .*the latest are 20260101T000000-a/,
    );
    await assert.rejects(findRun(join(runs, 'none'), 'latest'), /there is no run latest, and none/);
  });
});

suite('a manifest', () => {
  const given = {
    name: 'x',
    seed: 1,
    runId: 'r',
    platform: 'local',
    versions: { kafka: '4' },
    replay: 'y',
  };

  test('names commit, machine and versions', async () => {
    const manifest = await makeManifest(given, fileURLToPath(new URL('../..', import.meta.url)));
    assert.match(manifest.commit ?? '', /^[0-9a-f]{40}$/);
    assert.deepEqual(manifest.versions, { node: process.versions.node, kafka: '4' });
    assert.ok(manifest.machine.processors > 0 && manifest.machine.memoryBytes > 0);
  });

  test('outside a clone there is no commit', async () => {
    const { commit, dirty } = await makeManifest(given, tmpdir());
    assert.deepEqual([commit, dirty], [null, null]);
  });
});
