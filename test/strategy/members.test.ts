/** Tests how many members each version gets for a share of the partitions. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { membersFor } from '../../src/strategy/members.ts';

test('the share that is nearest with the processes there are', () => {
  assert.deepEqual(membersFor(25, 2, 6), { old: 2, new: 1 });
  assert.deepEqual(membersFor(50, 2, 6), { old: 1, new: 1 });
  assert.deepEqual(membersFor(25, 3, 6), { old: 3, new: 1 });
  assert.deepEqual(membersFor(75, 3, 6), { old: 1, new: 3 });
  assert.deepEqual(membersFor(100, 2, 6), { old: 0, new: 2 });
});

test('members never exceed the partitions, and each version has one', () => {
  for (let partitions = 2; partitions <= 6; partitions++) {
    for (let replicas = 1; replicas <= 3; replicas++) {
      for (const share of [1, 10, 25, 50, 75, 99]) {
        const { old, new: fresh } = membersFor(share, replicas, partitions);
        assert.ok(old >= 1 && fresh >= 1, `${share} % of ${replicas}`);
        if (partitions > replicas)
          assert.ok(old + fresh <= partitions, `${old} + ${fresh} of ${partitions}`);
      }
    }
  }
});
