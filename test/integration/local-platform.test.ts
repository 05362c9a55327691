/** The local platform with real components: the contract, and what happens when its own processes are killed. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { kafkaAdmin } from '../../src/platform/local/components/ping-kafka.ts';
import { createLocalPlatform } from '../../src/platform/local/local-platform.ts';
import { PortClaims } from '../../src/platform/local/port-claims.ts';
import { isAlive } from '../../src/platform/local/process/identity.ts';
import type { LabState } from '../../src/platform/local/state-file.ts';
import { labFiles, readState } from '../../src/platform/local/state-file.ts';
import type { Addresses, Lab, LabSpec } from '../../src/platform/platform.ts';
import { describePlatform } from '../contract/platform.contract.ts';

const fakeProgram = fileURLToPath(new URL('../platform/local/fake-program.ts', import.meta.url));
const ownerProgram = fileURLToPath(new URL('./lab-owner.ts', import.meta.url));
const createFake = () => createLocalPlatform({ programs: () => fakeProgram });
const run = { runId: 'test', seed: 1, skus: 10, order: 'chronological' } as const;
const labSpec = (name: string): LabSpec => ({ name, brokers: 1, partitions: 6, external: {}, run });

const stateFolder = mkdtempSync(join(tmpdir(), 'cutover-state-'));
process.env.CUTOVER_STATE = stateFolder;
after(() => rmSync(stateFolder, { recursive: true }));

/** What the fake program answers; whatever stands in its place is no version. */
async function versionAt(url: string): Promise<string> {
  const response = await fetch(`${url}/version`);
  const text = await response.text();
  if (response.ok) return text;
  throw new Error(`${url} answered ${response.status}: ${text}`);
}

describePlatform({
  name: 'local',
  create: createFake,
  spec: labSpec('contract'),
  versionAt,
});

describe('a lab on the local platform', { timeout: 180_000 }, () => {
  const spec = labSpec('shared');
  let lab: Lab;

  before(async () => {
    lab = await createFake().up(spec, () => undefined);
  });
  after(() => lab.down());

  /** A lab of another name that uses this one's Kafka and registry, so that it is up at once. */
  const guest = (name: string): LabSpec => {
    const { bootstrap, registry } = lab.addresses;
    return { ...labSpec(name), external: { bootstrap, registry } };
  };

  test('the topics are there, and a second lab on the same Kafka keeps them', async () => {
    const admin = await kafkaAdmin(lab.addresses.bootstrap);
    const { topics } = await admin.metadata({ topics: await admin.listTopics() });
    await admin.close();
    const partitions = [...topics].map(([name, topic]) => [name, topic.partitions.length]);
    assert.deepEqual(Object.fromEntries(partitions), {
      'raw-data-in': 6,
      'summary-stats': 6,
      'raw-data-in.dlq': 1,
    });
    const second = await createFake().up(guest('second'), () => undefined);
    assert.equal(second.addresses.bootstrap, lab.addresses.bootstrap);
    await second.down();
  });

  test('a component of the user that does not answer is named with its flag', async () => {
    const absent = {
      ...guest('absent'),
      external: { ...guest('absent').external, valkey: ['127.0.0.1:1'] },
    };
    await assert.rejects(
      createFake().up(absent, () => undefined),
      {
        code: 'COMPONENT_UNREACHABLE',
        message: /^Valkey does not answer at 127\.0\.0\.1:1: .*--valkey$/,
      },
    );
    assert.equal(readState('absent'), undefined);
  });

  test('a killed component is started again with its data', async () => {
    const subject = `${lab.addresses.registry}/subjects/kept/versions`;
    const headers = { 'content-type': 'application/json' };
    await fetch(subject, { method: 'POST', headers, body: JSON.stringify({ schema: '"string"' }) });
    await lab.kill('registry');
    await until(async () => (await fetch(subject).catch(() => undefined))?.ok === true, 20_000);
    assert.deepEqual(await (await fetch(subject)).json(), [1]);
  });

  test('readers keep one address and see no failure while what answers is replaced, scaled and killed', async () => {
    const stats = { name: 'stats', role: 'stats', env: {} } as const;
    await lab.deploy({ ...stats, version: 'v1', replicas: 2 });
    const { rest } = lab.addresses;
    const versions = new Set<string>();
    let done = false;
    const readers = Array.from({ length: 4 }, async () => {
      while (!done) versions.add(await versionAt(rest));
    });
    const changes = (async () => {
      await lab.deploy({ ...stats, version: 'v2', replicas: 2 });
      await lab.deploy({ ...stats, version: 'v2', replicas: 3 });
      await lab.kill('stats-1');
      await lab.deploy({ ...stats, version: 'v3', replicas: 1 });
    })();
    await Promise.all([...readers, changes.finally(() => (done = true))]);
    assert.deepEqual([...versions].sort(), ['v1', 'v2', 'v3']);
    assert.equal(lab.addresses.rest, rest);
    assert.equal(await versionAt(rest), 'v3');
    await lab.remove('stats');
    const response = await fetch(rest);
    assert.equal(response.status, 503);
    assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
  });

  test('a component that is paused is not ready, the others are', async () => {
    const unready = async () => {
      const components = await lab.components();
      return components.filter(({ ready }) => !ready).map(({ name }) => name);
    };
    for (const name of ['kafka-1', 'registry', 'valkey-stats']) {
      await lab.pause(name);
      assert.deepEqual(await unready(), [name]);
      await lab.resume(name);
      await until(async () => (await unready()).length === 0, 20_000);
    }
  });

  test('taken ports are replaced and noted', async (t) => {
    const holder = createServer().listen(6379, '127.0.0.1');
    // Whoever holds the port, it is taken: this test, or a Valkey of this machine.
    await Promise.race([once(holder, 'listening'), once(holder, 'error')]).catch(() => undefined);
    t.after(() => holder.close());
    const { port } = new URL(lab.addresses.rest);
    const owner = await startOwner(t, { ...guest('ports'), restPort: Number(port) });
    assert.ok(owner.notes.some((note) => note.startsWith(`port ${port} is taken; `)));
    assert.notEqual(owner.addresses.rest, lab.addresses.rest);
    assert.ok(owner.notes.some((note) => /^port 6379 is taken; \d+ is used$/.test(note)));
    assert.notEqual(owner.addresses.valkey[0], '127.0.0.1:6379');
  });

  test('labs that start at the same time take different ports', async () => {
    const labs = await Promise.all(
      ['left', 'right'].map((name) => createFake().up(guest(name), () => undefined)),
    );
    const ports = labs.flatMap(({ addresses }) => addresses.valkey);
    await Promise.all(labs.map((each) => each.down()));
    assert.equal(new Set(ports).size, 4);
  });

  test('a port that a stranger takes during the start is replaced by another', async (t) => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    t.after(() => holder.close());
    const { port } = holder.address() as AddressInfo;
    t.mock.method(PortClaims.prototype, 'claimAll', async () => [0, 0, 0, port, port], {
      times: 1,
    });
    const notes: string[] = [];
    const late = await createFake().up(guest('late'), ({ kind, message }) => {
      if (kind === 'note') notes.push(message);
    });
    await late.down();
    assert.match(notes[0] ?? '', /^valkey-\S+ ended before it was ready .*; starting again$/);
    assert.equal(late.addresses.valkey.includes(`127.0.0.1:${port}`), false);
  });

  test('a lab ended by another process notices, and ends itself', async (t) => {
    const owner = await startOwner(t, guest('elsewhere'));
    assert.equal(await createFake().down('elsewhere'), 3);
    assert.equal(await owner.nextLine(), 'stopped');
    await owner.exited;
    assertNothingLeft(owner.state);
  });

  test('down ends what is left when a lab and its guard were both killed', async (t) => {
    const owner = await startOwner(t, guest('orphaned'));
    process.kill(owner.state.guard?.pid ?? 0, 'SIGKILL');
    owner.process.kill('SIGKILL');
    await owner.exited;
    assert.equal(owner.state.processes.every(isAlive), true);
    assert.equal(await createFake().down('orphaned'), 3);
    assertNothingLeft(owner.state);
  });
});

test('when the process of a lab is killed, everything it started ends within 10 s', {
  timeout: 120_000,
}, async (t) => {
  const owner = await startOwner(t, labSpec('killed'));
  assert.equal(await versionAt(owner.addresses.rest), 'v1');
  assert.deepEqual(owner.state.processes.map(({ name }) => name).sort(), [
    'kafka-1',
    'registry',
    'stats-0',
    'valkey-back-end',
    'valkey-stats',
  ]);
  owner.process.kill('SIGKILL');
  await until(() => !owner.state.processes.some(isAlive), 10_000);
  await until(() => !existsSync(labFiles('killed').state), 1_000);
  await until(() => !(owner.state.guard && isAlive(owner.state.guard)), 1_000);
  await assert.rejects(fetch(owner.addresses.rest), (error: Error) =>
    String(error.cause).includes('ECONNREFUSED'),
  );
  assertNothingLeft(owner.state);
});

interface Owner {
  readonly process: ChildProcess;
  readonly exited: Promise<unknown>;
  readonly notes: readonly string[];
  readonly addresses: Addresses;
  readonly state: LabState;
  readonly nextLine: () => Promise<string>;
}

/** Brings a lab up in another process; the end of the test ends both. */
async function startOwner(t: TestContext, spec: LabSpec): Promise<Owner> {
  const child = spawn(process.execPath, [ownerProgram, JSON.stringify(spec)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
    await createFake().down(spec.name);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => String((await lines.next()).value);
  const ready = JSON.parse(await nextLine()) as Pick<Owner, 'notes' | 'addresses'>;
  const state = readState(spec.name);
  assert.ok(state);
  return { process: child, exited, nextLine, state, ...ready };
}

function assertNothingLeft(state: LabState): void {
  assert.deepEqual(state.processes.filter(isAlive), []);
  assert.equal(readState(state.name), undefined);
  const { data } = labFiles(state.name);
  assert.deepEqual(existsSync(data) ? readdirSync(data) : [], []);
}

async function until(seen: () => boolean | Promise<boolean>, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await seen())) {
    assert.ok(Date.now() < deadline, `not seen within ${limitMs / 1000} s`);
    await delay(50);
  }
}
