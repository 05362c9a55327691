/** Tests the answer that a run's parts give: each verdict, each outcome, and whether prediction and expectation hold. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { concludeRun, exitCodeOfRun } from '../src/conclude-run.ts';
import type { Experiment, Upgrade } from '../src/experiment/experiment.ts';
import type { SavedCheck } from '../src/history/saved-run.ts';
import type { TimelineEvent } from '../src/history/timeline.ts';
import type { ExampleName } from './history/example-run.ts';
import { exampleRun } from './history/example-run.ts';
import { exampleTimeline } from './history/example-timeline.ts';

/** Concludes an example anew, with what a test wants otherwise. */
function conclude(
  name: ExampleName,
  change: {
    experiment?: Partial<Experiment>;
    upgrade?: Partial<Upgrade>;
    check?: Partial<SavedCheck>;
    timeline?: readonly TimelineEvent[];
  } = {},
) {
  const { experiment, prediction, timeline, verdict } = exampleRun(name);
  const upgrades = experiment.upgrades.map((upgrade) => ({ ...upgrade, ...change.upgrade }));
  return concludeRun(
    {
      experiment: { ...experiment, upgrades, ...change.experiment },
      prediction,
      timeline: change.timeline ?? timeline,
    },
    { ...verdict.check, ...change.check },
  );
}

suite('the verdict', () => {
  test('is safe where nothing was found and all was promoted', () => {
    const verdict = conclude('safe');
    assert.deepEqual(verdict.observed, { verdict: 'safe', outcome: 'promoted' });
    assert.deepEqual([verdict.agrees, verdict.asExpected, exitCodeOfRun(verdict)], [true, true, 0]);
  });

  test('is accepted-but-unsafe under a mode that let it pass, unsafe under NONE', () => {
    const verdict = conclude('unsafe');
    assert.equal(verdict.observed.verdict, 'accepted-but-unsafe');
    assert.deepEqual(verdict.found, ['mis-aggregated', 'stale']);
    assert.equal(exitCodeOfRun(verdict), 1);
    const none = conclude('unsafe', { experiment: { compatibility: 'NONE' } });
    assert.equal(none.observed.verdict, 'unsafe');
  });

  test('of an outage alone is unsafe in every mode', () => {
    const { observed } = conclude('safe', { check: { verdict: 'fail', unavailable: 3 } });
    assert.equal(observed.verdict, 'unsafe');
  });

  test('is inconclusive where the check, a gate or the end of the run leaves it open', () => {
    const undecided = exampleTimeline().filter(({ kind }) => kind !== 'decision');
    for (const verdict of [
      conclude('safe', { check: { verdict: 'inconclusive' } }),
      conclude('safe', { check: { verdict: 'unknown' } }),
      conclude('safe', { timeline: exampleTimeline({ paused: true }) }),
      conclude('safe', { timeline: undecided }),
    ]) {
      assert.equal(verdict.observed.verdict, 'inconclusive');
      assert.deepEqual([verdict.agrees, exitCodeOfRun(verdict)], [false, 2]);
      assert.notEqual(verdict.reasons.length, 0);
    }
  });

  test('of a refusal depends on what the rollout would have done', () => {
    assert.deepEqual(conclude('refused').observed, { verdict: 'rejected', outcome: 'refused' });
    const { experiment, prediction, timeline, verdict } = exampleRun('refused');
    const harmless = { ...prediction, findings: [] };
    const safe = concludeRun({ experiment, timeline, prediction: harmless }, verdict.check);
    assert.equal(safe.observed.verdict, 'rejected-but-safe');
  });

  test('is told from a refusal that left damage', () => {
    const { observed } = conclude('refused', { check: { verdict: 'fail', lost: 1 } });
    assert.deepEqual(observed, { verdict: 'unsafe', outcome: 'refused' });
  });
});

suite('a roll-back', () => {
  test('of a defective build that left nothing behind is safe', () => {
    const check = { ...exampleRun('safe').verdict.check };
    assert.deepEqual(conclude('rolled-back', { check }).observed, {
      verdict: 'safe',
      outcome: 'rolled-back',
    });
  });

  test('of a good build by a gate is not safe, whatever the check found', () => {
    const check = { ...exampleRun('safe').verdict.check };
    const verdict = conclude('rolled-back', { check, upgrade: { build: 'good' } });
    assert.equal(verdict.observed.verdict, 'accepted-but-unsafe');
    assert.deepEqual(verdict.found, ['mis-aggregated']);
    assert.match(verdict.reasons.join(' '), /gate prefix stopped a good build/);
  });

  test('of a good build on purpose may be safe', () => {
    const check = { ...exampleRun('safe').verdict.check };
    const verdict = conclude('rolled-back', { check, upgrade: { build: 'good', rollback: 50 } });
    assert.equal(verdict.observed.verdict, 'safe');
  });
});

suite('what was expected', () => {
  test('includes each kind of finding that is named', () => {
    const expect = { verdict: 'accepted-but-unsafe', outcome: 'promoted' } as const;
    const lost = { ...expect, findings: ['lost'] } as const;
    const stale = { ...expect, findings: ['stale'] } as const;
    assert.equal(conclude('unsafe', { experiment: { expect: lost } }).asExpected, false);
    assert.equal(conclude('unsafe', { experiment: { expect: stale } }).asExpected, true);
  });

  test('and predicted includes the outcome', () => {
    const check = { ...exampleRun('rolled-back').verdict.check };
    const promoted = conclude('rolled-back', { check, timeline: exampleTimeline() });
    assert.deepEqual([promoted.agrees, promoted.asExpected], [false, false]);
  });
});
