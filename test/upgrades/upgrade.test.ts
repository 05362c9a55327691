/** Tests `cutover upgrade` on a real lab of `cutover up`: promoted, taken back by a gate, by Ctrl-C and by the end of the lab, and nothing stray. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { after, before, suite } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { UpgradeResult } from '../../src/control/protocol.ts';
import type { TimelineEvent } from '../../src/history/timeline.ts';
import { createLocalPlatform } from '../../src/platform/local/index.ts';
import { readState } from '../../src/platform/local/state-file.ts';
import { until } from '../integration/lab.ts';

const clone = fileURLToPath(new URL('../..', import.meta.url));
const name = `upgrade-${process.pid}`;
const runs = mkdtempSync(join(tmpdir(), 'cutover-runs-'));
const limit = { timeout: 120_000 };

/** What a command did. */
interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly stderr: string;
}

interface Command {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Runs a command as a person would; `onLine` is called with each line of standard output. */
function cutover(
  args: readonly string[],
  onLine?: (line: string, child: ChildProcess) => void,
): Command {
  const child = spawn(process.execPath, ['bin/cutover.mjs', ...args, '--name', name], {
    cwd: clone,
  });
  const lines: string[] = [];
  let stderr = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    onLine?.(line, child);
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk));
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    lines,
    stderr,
  }));
  return { child, ended };
}

/** Runs `cutover upgrade … --json`; `onEvent` may press Ctrl-C. */
function upgrade(
  args: readonly string[],
  onEvent?: (event: TimelineEvent, child: ChildProcess) => void,
) {
  const all = ['upgrade', ...args, '--bake-records', '2000', '--runs', runs, '--json'];
  return cutover(all, (line, child) => onEvent?.(JSON.parse(line) as TimelineEvent, child));
}

/** The last line of an upgrade. */
function endOf({ lines, stderr }: Ended): UpgradeResult & { readonly folder: string } {
  const last = JSON.parse(lines.at(-1) ?? '{}');
  assert.equal(last.kind, 'end', `it said no end: ${lines.at(-1)}\n${stderr}`);
  return last;
}

async function running() {
  const lab = await createLocalPlatform().find(name);
  assert.ok(lab, 'the lab does not run');
  return lab;
}

/** Fails unless each service has one deployment, of that version, with no process beside it. */
async function assertServesAlone(version: string): Promise<void> {
  const { deployments } = await running();
  assert.deepEqual(
    deployments.map(({ spec }) => spec.version),
    [version, version, version],
  );
  assert.deepEqual(deployments.map(({ spec }) => spec.role).sort(), [
    ...['back-end', 'generator', 'stats'],
  ]);
  const listed = deployments.flatMap(({ instances }) => instances.map((each) => each.name));
  const processes = readState(name)?.processes.filter(({ kind }) => kind === 'instance') ?? [];
  assert.deepEqual(processes.map((each) => each.name).sort(), listed.sort());
}

/** Fails unless every process that the timeline saw started at the version is gone. */
function assertNoneLeft(lines: readonly string[], version: string): void {
  const pids = lines.flatMap((line) => {
    const event = JSON.parse(line) as TimelineEvent;
    const isStart = event.kind === 'platform' && event.event === 'started';
    return isStart && event.subject.includes(version) ? [event.detail.replace('process ', '')] : [];
  });
  assert.ok(pids.length > 0, `no process of ${version} was started at all`);
  for (const pid of pids) assert.ok(!existsSync(`/proc/${pid}`), `process ${pid} is left`);
}

suite('cutover upgrade', { timeout: 10 * 60_000 }, () => {
  let up: Command;

  before(async () => {
    const ready = Promise.withResolvers<void>();
    up = cutover(
      ['up', '--port', '0', '--skus', '40', '--rate', '5000', '--json'],
      (line) => line.includes('"bootstrap"') && ready.resolve(),
    );
    await Promise.race([ready.promise, up.ended.then(({ stderr }) => assert.fail(stderr))]);
  });
  after(async () => {
    await cutover(['down']).ended;
    await up.ended;
    rmSync(runs, { recursive: true });
  });

  test('a canary to v2 is promoted while data flow, and is saved', limit, async () => {
    const ended = await upgrade(['v2']).ended;
    const { outcome, serving, folder } = endOf(ended);
    assert.deepEqual([ended.code, outcome], [0, 'promoted'], ended.lines.at(-1));
    assert.deepEqual(serving, { generator: 'v2', 'back-end': 'v2', stats: 'v2' });
    await assertServesAlone('v2');
    const read = (file: string) => readFileSync(join(folder, file), 'utf8').trim().split('\n');
    assert.equal(read('timeline.jsonl').length, ended.lines.length - 1);
    assert.ok(read('state-calls.jsonl').length > 10, 'state calls were recorded');
    assert.ok(readdirSync(folder).includes('manifest.json'));
    assert.ok(!readdirSync(folder).includes('verdict.json'), 'nobody judged this');
  });

  test(
    'a build that crashes is taken back by a gate, on top of the first upgrade',
    limit,
    async () => {
      const ended = await upgrade(['v3', '--build', 'crash']).ended;
      const { outcome, reason, cancelled } = endOf(ended);
      assert.deepEqual([ended.code, outcome, cancelled], [1, 'rolled-back', false], reason);
      assert.match(reason, /^restarts: started again: back-end-v3-0/);
      await assertServesAlone('v2');
      assertNoneLeft(ended.lines, 'v3');
    },
  );

  test('Ctrl-C while an instance starts takes the upgrade back at once', limit, async () => {
    let pressedMs = 0;
    const ended = await upgrade(['v3', '--strategy', 'rolling'], (event, child) => {
      if (event.kind !== 'platform' || event.event !== 'started' || pressedMs > 0) return;
      pressedMs = performance.now();
      child.kill('SIGINT');
    }).ended;
    const { outcome, reason, cancelled } = endOf(ended);
    assert.deepEqual([ended.code, outcome, reason], [130, 'rolled-back', 'interrupted']);
    assert.ok(cancelled);
    await assertServesAlone('v2');
    assertNoneLeft(ended.lines, 'v3');
  });

  test(
    'Ctrl-C half-way takes every service back; a second upgrade is refused meanwhile',
    limit,
    async () => {
      const others: Promise<Ended>[] = [];
      const ended = await upgrade(['v3'], (event, child) => {
        if (event.kind !== 'step' || event.service !== 'back-end' || event.phase !== 'begin')
          return;
        if (others.length > 0) return;
        others.push(upgrade(['v3']).ended, cutover(['watch', '--once', '--json']).ended);
        void Promise.all(others).then(() => child.kill('SIGINT'));
      }).ended;
      const [second, watched] = await Promise.all(others);
      assert.equal(second?.code, 1);
      assert.match(second.stderr, /an upgrade to v3 is already under way\. Mend: .*cutover watch/);
      assert.equal(watched?.code, 0, watched?.stderr);
      assert.match(watched.lines.at(-1) ?? '', /"version":"v3"/);
      const { outcome, reason } = endOf(ended);
      assert.deepEqual([ended.code, outcome, reason], [130, 'rolled-back', 'interrupted']);
      await assertServesAlone('v2');
      assertNoneLeft(ended.lines, 'v3');
    },
  );

  test('a command that is killed has its upgrade taken back, too', limit, async () => {
    const { lines } = await upgrade(['v3', '--strategy', 'blue-green'], (event, child) => {
      if (event.kind === 'step' && event.service === 'back-end') child.kill('SIGKILL');
    }).ended;
    await until('v2 to serve alone', async () => {
      const { deployments } = await running();
      return deployments.every(({ spec }) => spec.version === 'v2');
    });
    assertNoneLeft(lines, 'v3');
  });

  test('what every upgrade has left is exact', limit, async () => {
    const { deployments } = await running();
    const url = deployments.find(({ spec }) => spec.role === 'generator')?.instances[0]?.url;
    const quiet = await assign(String(url), []);
    assert.equal(quiet.status, 200);
    const ended = await cutover(['verify', '--live', '--json']).ended;
    assert.equal(ended.code, 0, ended.lines.join('\n'));
    await assign(
      String(url),
      Array.from({ length: 40 }, (_, sku) => sku),
    );
  });

  test('down in the middle of an upgrade leaves nothing', limit, async () => {
    let down: Promise<Ended> | undefined;
    const processes = readState(name)?.processes ?? [];
    const ended = await upgrade(['v3'], (event) => {
      if (event.kind === 'step' && event.share === 50) down ??= cutover(['down']).ended;
    }).ended;
    assert.equal(ended.code, 1, ended.stderr);
    assert.equal((await down)?.code, 0);
    assert.equal((await up.ended).code, 0);
    assert.equal(await createLocalPlatform().find(name), undefined);
    for (const { pid } of processes) assert.ok(!existsSync(`/proc/${pid}`), `${pid} is left`);
    assertNoneLeft(ended.lines.slice(0, -1), 'v3');
  });
});

/** Gives a generator its SKUs. */
function assign(url: string, skus: readonly number[]): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}/assignment`, { method: 'PUT', headers, body: JSON.stringify({ skus }) });
}
