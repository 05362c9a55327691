/** Nothing that a client may send makes the Summary Stats UI fail or answer otherwise than its description says. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Lab } from '../../src/platform/platform.ts';
import { row } from '../app/stats/fake-serving.ts';
import { deployment, startTestLab, until, urlOf } from './lab.ts';
import { runSchemathesis } from './schemathesis.ts';
import { openSummaryTopic } from './summary-topic.ts';

let lab: Lab;

before(async () => {
  lab = await startTestLab();
  await lab.deploy(deployment('stats', { version: 'v3' }));
  await using topic = await openSummaryTopic(lab, 'v3');
  const unknown = { defect_qty: null, production_cost: null };
  await topic.send(
    row('sku_a', 2000, 1, { defect_qty: 1, production_cost: 2 }),
    row('sku_a', 2024, 2, unknown),
    row('sku_b', 2000, 1, unknown),
  );
});
after(() => lab.down());

test('Schemathesis finds no failure and no answer that is not described', async () => {
  const url = await urlOf(lab, 'stats');
  await until('the rows to be shown', async () => {
    const { rows } = (await (await fetch(`${url}/status`)).json()) as { rows: number };
    return rows === 3;
  });
  const { code, output } = await runSchemathesis(url);
  assert.equal(code, 0, output);
  const ready = await fetch(`${url}/readyz`);
  assert.equal(ready.status, 200, 'the process is still well');
});
