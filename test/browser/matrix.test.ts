/** The page of the matrix in a real browser: filters, cells by mouse and by keyboard, light and dark, wide and narrow. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { matrixPage } from '../../src/report/matrix-page.ts';
import { exampleMatrix } from '../history/example-matrix.ts';
import { findViolations } from './accessibility.ts';
import { startChromium } from './chromium.ts';
import { visitFile } from './visit.ts';

let browser: Browser;
let folder: string;
let path: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cutover-matrix-'));
  path = join(folder, 'matrix.html');
  const cells = exampleMatrix((word, number) =>
    number === 5 ? 'safe' : number % 9 === 0 ? null : word,
  );
  await writeFile(path, matrixPage(cells, 'a test'));
  browser = await startChromium();
});
after(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

const visit = (options: BrowserContextOptions = {}) => visitFile(browser, path, options);

test('a cell opens what was predicted, what was observed and the counterexample', async () => {
  await using visitor = await visit();
  const { page, complaints } = visitor;
  await page
    .getByLabel(/v1 → v2, rolling, consumers-first, BACKWARD, defaulted: .* which differs/)
    .click();
  const dialog = page.getByRole('dialog');
  const text = (await dialog.textContent()) ?? '';
  for (const part of ['rolling, consumers-first', 'Safe ≠ predicted', 'a <field> of v1-v2 is 0']) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
  assert.deepEqual(await findViolations(page), []);
  await page.keyboard.press('Escape');
  assert.ok(await dialog.isHidden());
  assert.deepEqual(complaints, []);
});

test('filters leave the cells that are asked for', async () => {
  await using visitor = await visit();
  const { page } = visitor;
  const enabled = () => page.locator('[data-id]:not(:disabled)').count();
  assert.equal(await enabled(), 504);
  await page.getByLabel('Versions').selectOption('v2-v3');
  await page.getByLabel('Schema style').selectOption('required');
  assert.equal(await enabled(), 42);
  assert.equal(await page.locator('#shown').textContent(), '42 of 504 cells');
  assert.equal(await page.locator('.matrix:visible').count(), 1);
  await page.getByLabel('Versions').selectOption('');
  await page.getByLabel('Schema style').selectOption('');
  await page.getByLabel('disagreements only').check();
  assert.equal(await enabled(), 1);
});

test('arrow keys go from cell to cell, Enter opens one', async () => {
  await using visitor = await visit();
  const { page } = visitor;
  await page.getByLabel('disagreements only').focus();
  await page.keyboard.press('Tab');
  // The table itself can be scrolled by keyboard, so it stands before its cells.
  await page.keyboard.press('Tab');
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowLeft'])
    await page.keyboard.press(key);
  const label = await page.evaluate('document.activeElement.getAttribute("aria-label")');
  assert.match(String(label), /^v1 → v2, rolling, producers-first, NONE, defaulted/);
  await page.keyboard.press('Enter');
  assert.ok(await page.getByRole('dialog').isVisible());
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 390]) {
    test(`${colorScheme}, ${width} px wide: nothing overflows and axe finds nothing`, async () => {
      await using visitor = await visit({ colorScheme, viewport: { width, height: 800 } });
      const { page, complaints } = visitor;
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      assert.ok(Number(overflow) <= 0, `the page is ${overflow} px too wide`);
      assert.deepEqual(await findViolations(page), []);
      assert.deepEqual(complaints, []);
    });
  }
}
