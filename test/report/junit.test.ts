/** Tests the JUnit file of a run: a case for each invariant, for the prediction and for the expectation, and well-formed XML. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { junitOf } from '../../src/report/junit.ts';
import type { ExampleName, ExampleRun } from '../history/example-run.ts';
import { exampleRun } from '../history/example-run.ts';

function junit(name: ExampleName, change: (run: ExampleRun) => ExampleRun = (run) => run): string {
  const run = change(exampleRun(name));
  return junitOf(run, run.verdict, run.experiment.name);
}

const cases = (text: string) =>
  [...text.matchAll(/<testcase [^>]*name="([^"]*)">(<failure|<error)?/g)].map(
    ([, name, bad]) => `${name}${bad ?? ''}`,
  );

suite('the cases', () => {
  test('of a safe run all pass', () => {
    const text = junit('safe');
    assert.equal(cases(text).length, 11);
    assert.deepEqual(cases(text).slice(-2), ['predicted = observed', 'expected = observed']);
    assert.match(
      text,
      /<testsuite name="v1-to-v2-canary" tests="11" failures="0"\s+errors="0" time="\d+\.\d{3}"/,
    );
  });

  test('of an unsafe one name the invariant that does not hold, with its first record', () => {
    const text = junit('unsafe');
    assert.deepEqual(
      cases(text).filter((name) => name.includes('<')),
      ['I2 totals<failure'],
    );
    assert.match(text, /partition 2, offset 5,304, schema id 1, written by v1, SKU sku_000003/);
  });

  test('of an inconclusive one are errors, and prediction and expectation do not hold', () => {
    assert.deepEqual(
      cases(junit('inconclusive')).filter((name) => name.includes('<')),
      [
        'I2 totals<error',
        'I8 liveness<error',
        'predicted = observed<failure',
        'expected = observed<failure',
      ],
    );
  });
});

test('characters that XML gives a meaning are escaped, ones that it forbids are left out', () => {
  const text = junit('safe', (run) => {
    const [first] = Object.values(run.verdict.check.invariants);
    assert.ok(first);
    const hostile = { ...first, verdict: 'fail' as const, detail: 'a < b & "c" ]]> \u0000\u001b' };
    const check = { ...run.verdict.check, invariants: { I1: hostile } };
    return { ...run, verdict: { ...run.verdict, check } };
  });
  assert.match(text, /a &lt; b &amp; &quot;c&quot; \]\]&gt;/);
  assert.ok(!text.includes('\u0000') && !text.includes('\u001b'));
});
