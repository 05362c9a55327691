/** How readers are shared out: by the weights of deployments, each part equally among the instances. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkWeights } from '../../../src/platform/local/entrance/check-weights.ts';
import type { Upstream } from '../../../src/platform/local/entrance/choose.ts';
import { choose, eligible } from '../../../src/platform/local/entrance/choose.ts';

const upstreams: readonly Upstream[] = ['stats a', 'stats b', 'green c'].map((name) => {
  const [deployment = '', url = ''] = name.split(' ');
  return { deployment, url };
});

/** How many of 1,200 evenly spread chances go to each. */
function shares(of: readonly Upstream[], weights?: Readonly<Record<string, number>>) {
  const map = weights && new Map(Object.entries(weights));
  const counts: Record<string, number> = {};
  for (let turn = 0; turn < 1_200; turn++) {
    const url = choose(eligible(of, map), map, turn / 1_200)?.url ?? 'none';
    counts[url] = (counts[url] ?? 0) + 1;
  }
  return counts;
}

test('without weights all get the same', () => {
  assert.deepEqual(shares(upstreams), { a: 400, b: 400, c: 400 });
});

test('the part of a deployment does not depend on how many instances it has', () => {
  assert.deepEqual(shares(upstreams, { stats: 1, green: 3 }), { a: 150, b: 150, c: 900 });
  assert.deepEqual(shares(upstreams, { stats: 0.1, green: 0.1 }), { a: 300, b: 300, c: 600 });
});

test('a deployment of weight 0, or without one, gets none, not even in need', () => {
  assert.deepEqual(shares(upstreams, { stats: 1, green: 0 }), { a: 600, b: 600 });
  assert.deepEqual(shares(upstreams, { green: 1 }), { c: 1_200 });
  assert.deepEqual(shares(upstreams.slice(0, 2), { stats: 0, green: 1 }), { none: 1_200 });
});

test('the part of a deployment that has no instance goes to the others', () => {
  assert.deepEqual(shares(upstreams.slice(2), { stats: 9, green: 1 }), { c: 1_200 });
  assert.deepEqual(shares([]), { none: 1_200 });
});

test('a chance that is all but 1 goes to the last one in spite of rounding', () => {
  const thirds = new Map([['stats', 0.1 + 0.2]]);
  assert.ok(choose(upstreams.slice(0, 2), thirds, 1 - Number.EPSILON / 2));
});

test('weights that cannot be followed are refused', () => {
  for (const weights of [[], [0], [-1], [Number.NaN]].map((each) => Object.entries(each))) {
    assert.throws(() => checkWeights(Object.fromEntries(weights), ['0']), {
      code: 'WEIGHTS_UNUSABLE',
    });
  }
  assert.throws(() => checkWeights({ stats: 1, green: 1 }, ['stats']), {
    code: 'INSTANCE_UNKNOWN',
    message: /"green"/,
  });
  checkWeights({ stats: 1, green: 0 }, ['stats', 'green']);
});
