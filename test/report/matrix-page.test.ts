/** Tests what the page of the matrix says, without a browser. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { matrixPage } from '../../src/report/matrix-page.ts';
import { exampleMatrix } from '../history/example-matrix.ts';

const buttons = (page: string) => page.match(/<button type="button" class="cell-mark[^>]*>/g) ?? [];

test('each of the 504 cells stands in it once, and says what was predicted and observed', () => {
  const page = matrixPage(exampleMatrix());
  const ids = buttons(page).map((button) => /data-id="([^"]*)"/.exec(button)?.[1]);
  assert.equal(new Set(ids).size, 504);
  assert.equal(ids.length, 504);
  const label =
    'v1 → v2, rolling, consumers-first, BACKWARD, optional: predicted Safe, observed Safe"';
  assert.ok(page.includes(label));
  assert.match(page, /All 504 cells as predicted/);
});

test('a disagreement is the headline, listed with its finding, and marked by more than colour', () => {
  const page = matrixPage(exampleMatrix((word, number) => (number === 1 ? 'safe' : word)));
  assert.match(page, /1 cell came out otherwise than predicted/);
  assert.match(page, /To be explained[\s\S]*v1 → v2, rolling, consumers-first, NONE, defaulted/);
  assert.match(page, /mis-aggregated: a &lt;field&gt; of v1-v2 is 0/);
  const wrong = buttons(page).filter((button) => button.includes('which differs'));
  assert.equal(wrong.length, 1);
  assert.match(page, /which differs" tabindex="-1">≠</);
});

test('cells that were not observed are told from those that agree', () => {
  const page = matrixPage(exampleMatrix((word, number) => (number < 4 ? word : null)));
  assert.match(page, /4 of 504 cells observed, all as predicted/);
  assert.equal(buttons(page).filter((button) => button.includes('unseen')).length, 500);
  assert.match(matrixPage(exampleMatrix(() => null)), /504 cells predicted, none observed yet/);
});

test('a part of the matrix is shown as well as all of it', () => {
  const part = exampleMatrix().filter(({ pair, mode }) => pair === 'v2-v3' && mode === 'FULL');
  const page = matrixPage(part);
  assert.equal(buttons(page).length, 24);
  assert.ok(!page.includes('id="pair-v1-v2"'));
});
