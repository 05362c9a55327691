/** The report of a run in a real browser: opened as a file, in light and dark, wide and narrow, with keyboard alone, on paper. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { writeReport } from '../../src/report/write-report.ts';
import type { ExampleName } from '../history/example-run.ts';
import { exampleRun } from '../history/example-run.ts';
import { findViolations } from './accessibility.ts';
import { startChromium } from './chromium.ts';
import { visitFile } from './visit.ts';

const picture = fileURLToPath(new URL('../../docs/images/report.png', import.meta.url));
const names = ['safe', 'unsafe', 'rolled-back', 'inconclusive', 'refused'] as const;
let browser: Browser;
let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cutover-report-'));
  browser = await startChromium();
});
after(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

/** Opens the report of an example as a person does, from the disk. */
async function visit(name: ExampleName, options: BrowserContextOptions = {}) {
  const { html } = await writeReport(folder, exampleRun(name));
  const visitor = await visitFile(browser, html, options);
  await visitor.page.locator('canvas').first().waitFor();
  return visitor;
}

for (const name of names) {
  test(`${name}: question, answer and prediction are seen without scrolling, nothing complains`, async () => {
    await using visitor = await visit(name);
    const { page, complaints } = visitor;
    for (const seen of ['h1', '#verdict', '.card >> nth=0', '.card >> nth=1', '.expected']) {
      const box = await page.locator(seen).boundingBox();
      assert.ok(box && box.y + box.height <= 900, `${seen} ends at ${box && box.y + box.height}`);
    }
    assert.deepEqual(complaints, []);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${name}, ${colorScheme}: axe finds nothing`, async () => {
      await using visitor = await visit(name, { colorScheme });
      assert.deepEqual(await findViolations(visitor.page), []);
    });
  }
}

for (const width of [390, 320]) {
  test(`${width} px wide: nothing overflows, charts are as wide as their figures`, async () => {
    await using visitor = await visit('unsafe', { viewport: { width, height: 800 } });
    const { page } = visitor;
    for (const details of await page.locator('summary').all()) await details.click();
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    assert.ok(Number(overflow) <= 0, `the page is ${overflow} px too wide`);
    const chart = await page.locator('.uplot').first().boundingBox();
    assert.ok(chart && chart.width > width * 0.6 && chart.width < width, `${chart?.width} px`);
    assert.deepEqual(await findViolations(page), []);
  });
}

test('a moment is moved by keyboard, and every chart says its values there', async () => {
  await using visitor = await visit('rolled-back');
  const { page } = visitor;
  const moment = page.getByLabel('Moment', { exact: true });
  await moment.focus();
  await page.keyboard.press('Home');
  for (let press = 0; press < 3; press++) await page.keyboard.press('PageUp');
  assert.match((await moment.getAttribute('aria-valuetext')) ?? '', /^\d+\.\d seconds$/);
  const values = await page.locator('#charts .value').allTextContents();
  assert.ok(values.length > 10 && values.every((value) => value !== ''), values.join('|'));
});

test('pointing at one chart shows the same moment in all', async () => {
  await using visitor = await visit('safe');
  const { page } = visitor;
  await page.locator('#plot-ownership .u-over').hover();
  const text = (await page.locator('#moment-text').textContent()) ?? '';
  assert.ok(Math.abs(Number.parseFloat(text) - 18) < 1, `the middle of 36 s is not ${text}`);
  assert.match(
    (await page.locator('#plot-lag-records .u-cursor-x').getAttribute('style')) ?? '',
    /translate/,
  );
});

test('each chart says in words what it shows, and has the same as a table', async () => {
  await using visitor = await visit('safe');
  const { page } = visitor;
  for (const plot of await page.getByRole('img').all()) {
    const label = (await plot.getAttribute('aria-label')) ?? '';
    assert.match(label, /over 36 seconds\. .+: from [\d.,K]+ to [\d.,K]+, at the end/);
  }
  const figures = page.locator('#charts figure');
  assert.equal(await figures.locator('table').count(), await figures.count());
});

test('on paper it is light, with its charts and without what cannot be pressed', async () => {
  await using visitor = await visit('safe', { colorScheme: 'dark' });
  const { page } = visitor;
  await page.emulateMedia({ media: 'print' });
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
  const paper = await page.evaluate(
    "getComputedStyle(document.documentElement).getPropertyValue('--card')",
  );
  assert.equal(paper, '#ffffff');
  assert.ok(await page.locator('#copy').isHidden());
  const pdf = await page.pdf();
  assert.ok(pdf.length > 20_000, `${pdf.length} bytes are no report`);
});

test('the picture of the report', { skip: !process.env.UPDATE_SCREENSHOT }, async () => {
  await using visitor = await visit('unsafe', { viewport: { width: 1280, height: 1320 } });
  await visitor.page.screenshot({ path: picture });
});
