/** The recorder of state calls on a real Valkey: it sees each call of the protocol and what became of it. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { seqsText } from '../../src/app/back-end/batch-text.ts';
import { openPartitionState } from '../../src/app/back-end/partition-state.ts';
import type { Valkey } from '../../src/app/runtime/valkey.ts';
import { connectValkey } from '../../src/app/runtime/valkey.ts';
import type { StateCallRecorder } from '../../src/history/record-state-calls.ts';
import { recordStateCalls } from '../../src/history/record-state-calls.ts';
import type { StateCall } from '../../src/history/timeline.ts';
import { rowsText } from '../app/rows-text.ts';
import { until } from './lab.ts';
import { startValkey } from './valkey-server.ts';

const FIRST = { deployment: 1, generation: 5, owner: 'a "quoted"\n owner' };
const LATER = { deployment: 1, generation: 6, owner: 'b' };

let server: Awaited<ReturnType<typeof startValkey>>;
let client: Valkey;
let recorder: StateCallRecorder;
const calls: StateCall[] = [];
const lost: string[] = [];

before(async () => {
  server = await startValkey();
  client = connectValkey(server.address, (error) => assert.fail(error));
  recorder = await recordStateCalls({
    state: server.address,
    isWanted: (namespace) => namespace === 'test',
    emit: (call) => calls.push(call),
    lost: (reason) => lost.push(reason),
  });
});

after(async () => {
  await recorder.stop();
  client.disconnect();
  await server[Symbol.asyncDispose]();
});

/** The calls that the work leads to, up to the one that is awaited, without their time. */
async function seen(isLast: (call: StateCall) => boolean, work: () => Promise<unknown>) {
  calls.length = 0;
  await work();
  await until('the last call to be seen', async () => calls.some(isLast), 5_000);
  return calls.map(({ atMs, namespace, ...call }) => {
    assert.ok(atMs >= 0 && namespace === 'test');
    return call;
  });
}

/** A batch of one SKU with many rows, so that what MONITOR shows of it is long. */
function batch(first: number, next: number) {
  const seqs = seqsText([{ sku: 's', before: first - 1, last: next - 1 }]);
  const months = Array.from({ length: 12 * 20 }, (_, at) => ({
    ...{ sku: 's', year: 2000 + Math.floor(at / 12), month: 1 + (at % 12), sums: [1, 2, 3, 4] },
  }));
  const counts = { undecodable: 0, duplicates: 0, deadLetters: [] };
  return { first, next, seqs, rows: rowsText(months), ...counts };
}

const words = ({ deployment, generation, owner }: typeof FIRST) => [deployment, generation, owner];

test('each call is seen with its token, its batch and what it found stored', async () => {
  const state = openPartitionState(client, 'test', 3);
  const other = openPartitionState(client, 'another', 3);
  const token = words(FIRST);
  const found = await seen(
    ({ call, accepted }) => call === 'publish' && accepted,
    async () => {
      await other.initialise(FIRST, 'topic', 0);
      await state.acquire(FIRST, 'topic');
      await state.initialise(FIRST, 'topic', 0);
      const acquired = await state.acquire(FIRST, 'topic');
      assert.ok(acquired.status === 'OK');
      assert.equal(await state.apply(FIRST, acquired.incarnation, batch(0, 10)), 'OK');
      await Array.fromAsync(state.unpublished(FIRST, acquired.incarnation));
    },
  );
  const noBatch = { first: null, next: null, storedNext: null };
  // Each script is sent by its digest first, which the server does not know yet, then as a text.
  const effects = found.filter(({ accepted }) => accepted);
  assert.deepEqual(effects.slice(-4), [
    { partition: 3, call: 'initialise', token, stored: null, accepted: true, ...noBatch },
    { partition: 3, call: 'acquire', token, stored: token, accepted: true, ...noBatch },
    {
      ...{ partition: 3, call: 'apply', token, stored: token, accepted: true },
      ...{ first: 0, next: 10, storedNext: 0 },
    },
    { partition: 3, call: 'publish', token, stored: token, accepted: true, ...noBatch },
  ]);
});

test('what is refused is seen, and is not accepted', async () => {
  const state = openPartitionState(client, 'test', 3);
  const { incarnation = '' } = (await state.standing()) ?? {};
  const found = await seen(
    ({ first }) => first === 11,
    async () => {
      assert.equal((await state.acquire(LATER, 'topic')).status, 'OK');
      assert.equal(await state.apply(FIRST, incarnation, batch(10, 20)), 'FENCED');
      await Array.fromAsync(state.unpublished(FIRST, incarnation));
      assert.equal(await state.apply(LATER, incarnation, batch(11, 20)), 'GAP');
    },
  );
  assert.deepEqual(
    found.map(({ call, accepted, stored, storedNext }) => [
      call,
      accepted,
      stored?.[2],
      storedNext,
    ]),
    [
      ['acquire', true, FIRST.owner, null],
      ['apply', false, 'b', 10],
      ['publish', false, 'b', null],
      ['apply', false, 'b', 10],
    ],
  );
});

test('a write past the protocol is followed, and after a wipe nothing is known to be stored', async () => {
  const state = openPartitionState(client, 'test', 3);
  const { incarnation = '' } = (await state.standing()) ?? {};
  const found = await seen(
    ({ first, stored }) => first === 16 && stored === null,
    async () => {
      await client.hset('test:{3}:meta', 'next', 15);
      await state.apply(LATER, incarnation, batch(16, 20));
      await client.flushall();
      await state.apply(LATER, incarnation, batch(16, 20));
    },
  );
  assert.deepEqual(
    found.map(({ storedNext, stored }) => [storedNext, stored?.[2]]),
    [
      [15, 'b'],
      [null, undefined],
    ],
  );
});

test('a connection that was lost is told and opened again', async () => {
  await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await until('the loss to be told', async () => lost.length > 0, 5_000);
  const state = openPartitionState(client, 'test', 4);
  await until(
    'calls to be seen again',
    async () => {
      await state.acquire(FIRST, 'topic');
      return calls.some(({ partition }) => partition === 4);
    },
    5_000,
  );
});
