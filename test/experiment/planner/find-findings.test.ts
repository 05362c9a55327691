/** Tests when totals become stale: what an old version dropped shows only when a newer one goes on with its state. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { rawWriting } from '../../../src/experiment/planner/application.ts';
import { findFindings } from '../../../src/experiment/planner/find-findings.ts';
import type { WalkState } from '../../../src/experiment/planner/walk.ts';

const data = {
  written: (version: string) => rawWriting(version, 'optional'),
  readSchema: (version: string) => rawWriting(version, 'optional').schema,
};

/** A state in which one Back End counts v2's records. */
function counting(title: string, version: string, namespace = 'a'): WalkState {
  return {
    title,
    generators: ['v2'],
    backEnds: [version],
    stats: ['v1'],
    readable: ['v2'],
    counting: [{ version, namespace, replays: false, writers: ['v2'] }],
    served: namespace,
    share: null,
  };
}

const stale = (...states: readonly WalkState[]) =>
  findFindings(states, data).map(({ kind, state }) => `${kind} in ${state}`);

suite('totals that an old version counted', () => {
  test('are no finding while only it goes on', () => {
    assert.deepEqual(stale(counting('one', 'v2'), counting('two', 'v1')), []);
  });

  test('are stale as soon as a newer one goes on', () => {
    const states = [counting('one', 'v1'), counting('two', 'v2')];
    assert.deepEqual(stale(...states), ['stale in two']);
    assert.deepEqual(stale(counting('zero', 'v2'), ...states), ['stale in two']);
  });

  test('are no finding where the newer one counts into a state of its own', () => {
    assert.deepEqual(stale(counting('one', 'v1'), counting('two', 'v2', 'green')), []);
  });
});
