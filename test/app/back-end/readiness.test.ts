/** Tests when a Back End says that it is ready, and what it says it waits for. */
import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import Type from 'typebox';
import type { Standing } from '../../../src/app/back-end/readiness.ts';
import { ReadyLag, readinessOf } from '../../../src/app/back-end/readiness.ts';
import { readSettings, SettingsError } from '../../../src/app/runtime/settings.ts';

const owner = { partition: 0, halted: undefined, incarnation: 'a', lagRecords: 10 };
const working: Standing = {
  assigned: true,
  silentMs: 900,
  canPublish: true,
  owners: [owner, { ...owner, partition: 1, lagRecords: 0 }],
  readyLag: '10',
};

suite('a back end is ready', () => {
  test('when its partitions are within the allowed lag, the limit included', () => {
    assert.deepEqual(readinessOf(working), { ready: true, reason: 'owns 2 partitions' });
  });
  test('with no partitions, where others have all of them', () => {
    assert.deepEqual(readinessOf({ ...working, owners: [] }), {
      ready: true,
      reason: 'owns 0 partitions',
    });
  });
  test('however far behind, where any lag is allowed', () => {
    const owners = [{ ...owner, lagRecords: 21_182_400 }];
    assert.equal(readinessOf({ ...working, owners, readyLag: 'any' }).ready, true);
  });
});

suite('a back end waits', () => {
  const cases: readonly [what: string, change: Partial<Standing>, reason: RegExp][] = [
    ['for an assignment', { assigned: false, owners: [] }, /^no partitions are assigned yet$/],
    ['for the group to answer', { silentMs: 21_000 }, /^the consumer group .* for 21 s$/],
    ['for the schema', { canPublish: false }, /^the summary schema is not registered yet$/],
    [
      'for a partition to be acquired',
      { owners: [owner, { ...owner, partition: 3, incarnation: undefined }] },
      /^partition 3 is not acquired$/,
    ],
    [
      'where a partition is halted',
      { owners: [{ ...owner, halted: 'a hole' }], readyLag: 'any' },
      /^partition 0 is halted: a hole$/,
    ],
    [
      'while one partition of several is too far behind',
      { owners: [owner, { ...owner, partition: 5, lagRecords: 11 }] },
      /^partition 5 is 11 records behind, more than 10$/,
    ],
  ];
  for (const [what, change, reason] of cases) {
    test(what, () => {
      const readiness = readinessOf({ ...working, ...change });
      assert.equal(readiness.ready, false);
      assert.match(readiness.reason, reason);
    });
  }
});

test('the allowed lag is a number of records, or any', () => {
  const schema = Type.Object({ READY_LAG: ReadyLag });
  for (const good of ['0', '50000', 'any']) {
    assert.equal(readSettings(schema, { READY_LAG: good }).READY_LAG, good);
  }
  for (const bad of ['-1', '1.5', 'none', '1e9', 'any 5']) {
    assert.throws(() => readSettings(schema, { READY_LAG: bad }), SettingsError);
  }
});
