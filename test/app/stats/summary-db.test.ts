/** Reading the state: never an answer from before the question, never a step back, only what changed is fetched. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Valkey } from '../../../src/app/runtime/valkey.ts';
import { stateKeys } from '../../../src/app/stats/state/keys.ts';
import { openSummaryDb, StateUnavailableError } from '../../../src/app/stats/state/summary-db.ts';
import { row } from './fake-serving.ts';

/** A state DB in memory whose answers a test can hold back. */
class FakeValkey {
  revision = 1;
  incarnation = 'one';
  away = false;
  heads = 0;
  readonly changed = new Map<string, { revision: number; json: string }>();
  readonly asked: string[][] = [];
  gate: Promise<void> = Promise.resolve();

  async get(): Promise<string> {
    this.heads++;
    const { revision } = this;
    await this.gate;
    if (this.away) throw new Error('connection refused');
    return String(revision);
  }

  async hmget(key: string, ...fields: string[]): Promise<(string | null)[]> {
    if (key.endsWith(':meta')) return [this.incarnation, '1000', '1'];
    this.asked.push(fields);
    return fields.map((field) => this.changed.get(field)?.json ?? null);
  }

  async zrangebyscore(_key: string, after: string): Promise<string[]> {
    const from = Number(after.slice(1));
    return [...this.changed].filter(([, { revision }]) => revision > from).map(([name]) => name);
  }

  /** Puts a row under a new revision. */
  put(sku: string, version: number): void {
    this.revision++;
    const json = JSON.stringify(row(sku, 2000, 1, { version }));
    this.changed.set(`${sku}|2000-01`, { revision: this.revision, json });
  }
}

function open() {
  const fake = new FakeValkey();
  return { fake, db: openSummaryDb(fake as unknown as Valkey, stateKeys('test')) };
}

test('only rows that changed since are fetched', async () => {
  const { fake, db } = open();
  fake.put('a', 1);
  fake.put('b', 1);
  await db.current();
  fake.put('b', 2);
  const { mirror } = await db.current();
  await db.current();
  assert.deepEqual(fake.asked, [['a|2000-01', 'b|2000-01'], ['b|2000-01']]);
  assert.equal(mirror.find('b', 2000, 1)?.version, 2);
});

test('who asks during a reading gets one that began afterwards, and shares it', async () => {
  const { fake, db } = open();
  const { promise, resolve } = Promise.withResolvers<void>();
  fake.gate = promise;
  const early = db.current();
  fake.put('a', 1);
  const late = [db.current(), db.current(), db.current()];
  resolve();
  assert.equal((await early).revision, 1);
  for (const { revision } of await Promise.all(late)) assert.equal(revision, 2);
  assert.equal(fake.heads, 2);
});

test('a state that is away is an error of its own, and is asked again', async () => {
  const { fake, db } = open();
  fake.away = true;
  await assert.rejects(db.current(), StateUnavailableError);
  fake.away = false;
  assert.equal((await db.current()).revision, 1);
});

test('a state that went back is not shown', async () => {
  const { fake, db } = open();
  fake.put('a', 2);
  await db.current();
  fake.revision = 1;
  await assert.rejects(db.current(), StateUnavailableError);
});

test('a state that was begun anew replaces what was known, and changes the stamp', async () => {
  const { fake, db } = open();
  fake.put('a', 1);
  const before = await db.current();
  fake.changed.clear();
  fake.incarnation = 'two';
  const { mirror, stamp } = await db.current();
  assert.equal(mirror.rows, 0);
  assert.notEqual(stamp, before.stamp);
});

test('a state wiped while it is read is away for that answer', async () => {
  const { fake, db } = open();
  fake.put('a', 1);
  fake.hmget = async (key: string) => (key.endsWith(':meta') ? ['one', '1', '1'] : [null]);
  await assert.rejects(db.current(), StateUnavailableError);
});
