/** The page that a person looks at, in a real browser over a real lab. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { SummaryRow } from '../../src/app/version.ts';
import { loadVersion } from '../../src/app/versions/load.ts';
import type { Lab } from '../../src/platform/platform.ts';
import { row } from '../app/stats/fake-serving.ts';
import { deployment, startTestLab, until, urlOf } from '../integration/lab.ts';
import { openSummaryTopic } from '../integration/summary-topic.ts';
import { startChromium } from './chromium.ts';

const SKUS = 10;
const MONTHS = 290;
const HOURS = 211_824;
const picture = fileURLToPath(new URL('../../docs/images/page.png', import.meta.url));

let lab: Lab;
let browser: Browser;
let topic: Awaited<ReturnType<typeof openSummaryTopic>>;
let url: string;
let rows: readonly SummaryRow[];

before(async () => {
  lab = await startTestLab({ run: { runId: 'browser-test' } });
  await lab.deploy(deployment('stats', { version: 'v3' }));
  topic = await openSummaryTopic(lab, 'v3');
  rows = await history();
  await topic.send(...rows);
  url = await urlOf(lab, 'stats');
  await untilStatus((status) => status.rows === SKUS * MONTHS);
  browser = await startChromium();
});

after(async () => {
  await browser.close();
  await topic[Symbol.asyncDispose]();
  await lab.down();
});

/** The summary of every record of every SKU, as it is once all are counted; the first year's defects and costs are unknown. */
async function history(): Promise<SummaryRow[]> {
  const version = await loadVersion('v3');
  return Array.from({ length: SKUS }, (_, index) => `sku_00000${index}`).flatMap((sku) => {
    const months = new Map<string, number[]>();
    for (let hour = 0; hour < HOURS; hour++) {
      const record = version.makeRecord(1, sku, hour);
      const name = `${record.year} ${record.month}`;
      const sums = months.get(name) ?? new Array<number>(version.columns).fill(0);
      version.fold(sums, record);
      months.set(name, sums);
    }
    return [...months].map(([name, sums]) => {
      const [year = 0, month = 0] = name.split(' ').map(Number);
      const unknown = year === 2000 ? { defect_qty: null, production_cost: null } : {};
      return row(sku, year, month, { ...version.summarise(sums), ...unknown });
    });
  });
}

interface Status {
  readonly rows: number;
  readonly records: number;
}
async function untilStatus(holds: (status: Status) => boolean): Promise<void> {
  await until('the rows to be shown', async () => {
    return holds((await (await fetch(`${url}/status`)).json()) as Status);
  });
}

interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** What the browser's console and network say is wrong. */
  readonly complaints: string[];
}

/** Opens the page and waits until it has drawn. */
async function visit(options: BrowserContextOptions = {}, fragment = ''): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'debug' && message.type() !== 'log') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== url) complaints.push(`request to ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} of ${response.url()}`);
  });
  await page.goto(`${url}/${fragment}`);
  await page.locator('#total-plot canvas').waitFor();
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Names of the lines drawn. */
const lines = (page: Page) => page.locator('#legend .name').allTextContents();

test('the page loads without complaints and asks no other place', async () => {
  await using visitor = await visit();
  const { page, complaints } = visitor;
  assert.equal(await page.locator('#version').textContent(), 'v3');
  await page.locator('#state', { hasText: 'Complete' }).waitFor();
  assert.match((await page.locator('#hours').textContent()) ?? '', /2,118,240/);
  assert.deepEqual(await lines(page), ['All SKUs', 'sku_000000', 'sku_000001', 'sku_000002']);
  assert.deepEqual(complaints, []);
});

test('a new row is seen within two seconds, and the age counts', async () => {
  await using visitor = await visit();
  const { page } = visitor;
  const made = page.locator('[data-field="manufactured_qty"] .figure');
  const before = await made.textContent();
  const [first] = rows;
  assert.ok(first);
  await topic.send({ ...first, version: 2, manufactured_qty: 1_000_000 });
  await until('the sum to change', async () => (await made.textContent()) !== before, 2_000);
  assert.equal(await page.locator('#state').textContent(), 'Live');
  assert.match((await page.locator('#age').textContent()) ?? '', /^updated \d\.\d s ago$/);
  await topic.send({ ...first, version: 3 });
});

test('SKUs are found, drawn and taken away by keyboard alone', async () => {
  await using visitor = await visit();
  const { page } = visitor;
  await page.getByLabel('Find a SKU').focus();
  await page.keyboard.type('0007');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.locator('#legend .name', { hasText: 'sku_000007' }).waitFor();
  await page.keyboard.press('Space');
  await page.locator('#legend .name', { hasText: 'sku_000007' }).waitFor({ state: 'detached' });
});

test('eight SKUs are the most, and the choice survives a reload', async () => {
  await using visitor = await visit();
  const { page } = visitor;
  for (const name of ['3', '4', '5', '6', '7']) await page.getByLabel(`sku_00000${name}`).check();
  await page.locator('#legend .name', { hasText: 'sku_000007' }).waitFor();
  assert.ok(await page.getByLabel('sku_000008').isDisabled());
  const drawn = await lines(page);
  assert.equal(drawn.length, 9);
  await page.reload();
  await page.locator('#total-plot canvas').waitFor();
  assert.deepEqual(await lines(page), drawn);
});

test('each measure of the version can be drawn; what is unknown is called so', async () => {
  await using visitor = await visit();
  const { page } = visitor;
  const labels = await page.locator('#measures label').allTextContents();
  const wanted = ['Widgets manufactured', 'Defective widgets', 'Production cost', 'Base cost'];
  assert.deepEqual(labels, wanted);
  await page.getByText('Production cost', { exact: true }).last().click();
  assert.equal(await page.locator('#chart-heading').textContent(), 'Production cost per month');
  assert.ok(await page.locator('#unknown-note').isVisible());
  await page.locator('#month').fill('3');
  assert.deepEqual(
    await page.locator('#legend .value').allTextContents(),
    Array(4).fill('unknown'),
  );
  assert.match(
    (await page.locator('#total-plot').getAttribute('aria-label')) ?? '',
    /12 months unknown/,
  );
  const fact = page.locator('[data-field="production_cost"]');
  assert.equal(await fact.locator('.figure').textContent(), 'unknown');
});

test('the month can be moved by keyboard, and says what it points at', async () => {
  await using visitor = await visit();
  const slider = visitor.page.getByLabel('Month', { exact: true });
  await slider.focus();
  await visitor.page.keyboard.press('Home');
  await visitor.page.keyboard.press('ArrowRight');
  assert.match(
    (await slider.getAttribute('aria-valuetext')) ?? '',
    /^February 2000: All SKUs [\d,]+/,
  );
});

test('the table has what the chart has', async () => {
  await using visitor = await visit({}, '#from=12&to=23');
  const { page } = visitor;
  await page.getByText('The same as a table').click();
  await page.locator('#table table').waitFor();
  assert.equal(await page.locator('#table tbody tr').count(), 12);
  const heads = await page.locator('#table thead th').allTextContents();
  assert.deepEqual(heads, ['Month', ...(await lines(page))]);
});

test('a server that goes away is said to be, and the page goes on when it is back', async () => {
  await using visitor = await visit();
  const { page } = visitor;
  await page.route('**/status', (route) => route.abort());
  await page.locator('#state', { hasText: 'Disconnected' }).waitFor();
  assert.ok(await page.locator('#notice').isVisible());
  await page.unroute('**/status');
  await page.locator('#state', { hasText: /Complete|Live/ }).waitFor();
  assert.ok(await page.locator('#notice').isHidden());
});

test('a hidden page asks nothing', async () => {
  await using visitor = await visit();
  const { page } = visitor;
  await page.evaluate(`
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  `);
  await page.waitForTimeout(1_500);
  let requests = 0;
  page.on('request', () => requests++);
  await page.waitForTimeout(2_500);
  assert.equal(requests, 0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 390, 320]) {
    test(`${colorScheme}, ${width} px wide: nothing overflows and axe finds nothing`, async () => {
      const options = { colorScheme, viewport: { width, height: 800 } };
      await using visitor = await visit(options, '#measure=production_cost');
      const { page } = visitor;
      await page.getByText('The same as a table').click();
      const overflow = Number(
        await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
      );
      assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
      await page.evaluate(axe.source);
      const found = await page.evaluate(async () => {
        const run = (globalThis as unknown as { axe: { run(): Promise<AxeResult> } }).axe.run;
        return (await run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
      });
      assert.deepEqual(found, []);
    });
  }
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { html: string }[];
  }[];
}

test('the picture of the page', { skip: !process.env.UPDATE_SCREENSHOT }, async () => {
  const shown = [0, 3, 4, 7].map((number) => `sku=sku_00000${number}`).join('&');
  await using visitor = await visit({}, `#measure=production_cost&${shown}`);
  await visitor.page.screenshot({ path: picture, fullPage: true });
});
