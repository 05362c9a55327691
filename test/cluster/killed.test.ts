/** Kills a start of a cluster at several moments, and sees that `down` leaves the machine as it was before. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import test, { before, suite } from 'node:test';
import { fileURLToPath } from 'node:url';
import { requireTools } from '../../images/tools.ts';
import { prepareComponents } from './components/components.ts';
import { storeOf } from './image-store.ts';
import { layoutOf } from './layout.ts';
import { killMarked } from './machine/processes.ts';
import { findLastingDifferences, findOthers, takeSnapshot } from './machine-snapshot.ts';
import { systemTools } from './requirements.ts';
import { readState } from './state-file.ts';
import { waitUntil } from './wait-until.ts';

const name = 'killed';
const layout = layoutOf(name);
const main = fileURLToPath(new URL('main.ts', import.meta.url));
const node = ['--disable-warning=ExperimentalWarning', main];
const commandLimitMs = 120_000;
const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** Runs the command line to its end. */
function run(...args: readonly string[]): {
  readonly status: number | null;
  readonly text: string;
} {
  const options = { encoding: 'utf8', timeout: commandLimitMs } as const;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...node, ...args, '--name', name],
    options,
  );
  return { status, text: `${stdout}${stderr}` };
}

/** Starts the cluster and sends the signal once a line of its log has the text; resolves when it has ended. */
async function killAt(
  text: string,
  signal: NodeJS.Signals,
  ...options: readonly string[]
): Promise<void> {
  const up = spawn(process.execPath, [...node, 'up', '--name', name, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: commandLimitMs,
  });
  const seen: string[] = [];
  createInterface({ input: up.stderr }).on('line', (line) => {
    seen.push(line);
    if (line.includes(text)) up.kill(signal);
  });
  await once(up, 'close');
  assert.ok(
    seen.some((line) => line.includes(text)),
    seen.join('\n'),
  );
}

/** Starts the cluster and kills the start as soon as there is a file of that pattern. */
async function killOnceThereIs(pattern: string): Promise<void> {
  const up = spawn(process.execPath, [...node, 'up', '--name', name], { stdio: 'ignore' });
  const ended = once(up, 'close');
  const waiting = { what: `no ${pattern}`, limitMs: commandLimitMs, pollMs: 10 };
  await waitUntil(waiting, () => globSync(pattern)[0]);
  up.kill('SIGKILL');
  await ended;
}

/** Lines that the log has when so much is done: what is under way then is cut off in the middle. */
const moments = [
  '✔ make certificates',
  '✔ make 2 nodes and their network',
  '✔ start the control plane',
  '✔ start kubelet and kube-proxy',
  '✔ apply',
];

suite('a start that is killed', { concurrency: false }, () => {
  before(() => requireTools(systemTools, log));

  for (const moment of moments) {
    test(`after «${moment}» leaves nothing once it is down`, async () => {
      const others = findOthers();
      const machine = takeSnapshot(others);
      await killAt(moment, 'SIGKILL');
      assert.equal(readState(layout)?.phase, 'starting');
      const down = run('down');
      assert.equal(down.status, 0, down.text);
      assert.deepEqual(await findLastingDifferences(machine, others), []);
      assert.ok(!existsSync(layout.folder));
    });
  }

  test('while it unpacks images leaves nothing that is taken for all of them', async () => {
    const others = findOthers();
    const machine = takeSnapshot(others);
    const store = storeOf((await prepareComponents(log, undefined)).images);
    rmSync(store, { recursive: true, force: true });
    await killOnceThereIs(`${store}*/io.containerd.content.v1.content/blobs/sha256/*`);
    assert.equal(run('down').status, 0);
    assert.deepEqual(await findLastingDifferences(machine, others), []);
    assert.ok(!existsSync(store));
  });

  test('is refused again while something of it runs, and cleared away when nothing does', async () => {
    const others = findOthers();
    const machine = takeSnapshot(others);
    await killAt('✔ start the control plane', 'SIGKILL');
    const again = run('up');
    assert.equal(again.status, 1);
    assert.match(
      again.text,
      /did not come to its end. Mend: npm run cluster -- down --name killed/,
    );
    // As when the machine is switched off: the record is left, and what is no process.
    await killMarked(readState(layout)?.token ?? assert.fail('there is no record'));
    await killAt('clearing it away', 'SIGINT');
    assert.deepEqual(await findLastingDifferences(machine, others), []);
    assert.ok(!existsSync(layout.folder));
  });

  test('leaves nothing where it was interrupted and could clean up by itself', async () => {
    const others = findOthers();
    const machine = takeSnapshot(others);
    await killAt('✔ start the control plane', 'SIGINT');
    assert.deepEqual(await findLastingDifferences(machine, others), []);
    assert.ok(!existsSync(layout.folder));
  });

  test('is kept to look at where that was asked for', async () => {
    const others = findOthers();
    const machine = takeSnapshot(others);
    await killAt('✔ start the control plane', 'SIGINT', '--retain');
    const status = run('status');
    assert.equal(status.status, 1);
    assert.match(status.text, /not up: .*\nleft of it: [1-9]\d* processes/);
    assert.equal(run('down').status, 0);
    assert.deepEqual(await findLastingDifferences(machine, others), []);
  });
});
