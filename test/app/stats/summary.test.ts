/** `GET /summary`, `/sku_names` and `/query` answer in the shapes that the workload's text gives. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { createFakeHttp, row } from './fake-serving.ts';

const rows = [
  row('sku_b', 2024, 1, { manufactured_qty: 7, defect_qty: 2, production_cost: 70 }),
  row('sku_a', 2024, 1, { manufactured_qty: 5, defect_qty: 1, production_cost: 50 }),
  row('sku_a', 2000, 12, { manufactured_qty: 3, defect_qty: null, production_cost: null }),
  row('sku_a', 2000, 2, { manufactured_qty: 4, defect_qty: 0, production_cost: 40 }),
];

async function get(version: string, url: string): Promise<unknown> {
  const { http } = await createFakeHttp(version, rows);
  const answer = await http.inject(url);
  assert.equal(answer.statusCode, 200, answer.body);
  assert.match(String(answer.headers['content-type']), /^application\/json/);
  return answer.json();
}

const description = 'Summary aggregated statistics per SKU per year and month';

test('v1 shows what was manufactured; years, months and SKUs ascend', async () => {
  const entry = (sku: string, manufactured_qty: number) => ({ sku, totals: { manufactured_qty } });
  assert.deepEqual(await get('v1', '/summary'), {
    description,
    data: [
      { year: 2000, month: 2, manufacturing: [entry('sku_a', 4)] },
      { year: 2000, month: 12, manufacturing: [entry('sku_a', 3)] },
      { year: 2024, month: 1, manufacturing: [entry('sku_a', 5), entry('sku_b', 7)] },
    ],
  });
});

test('v2 adds defects, null where they are not known', async () => {
  assert.deepEqual(await get('v2', '/summary?year=2000&month=12'), {
    description,
    data: [
      {
        year: 2000,
        month: 12,
        manufacturing: [{ sku: 'sku_a', totals: { manufactured_qty: 3, defect_qty: null } }],
      },
    ],
  });
});

test('v3 adds costs, their total being that of the SKUs shown', async () => {
  const costs = async (url: string) => {
    const { data } = (await get('v3', url)) as { data: { total_manufacturing_cost: number }[] };
    return data.map(({ total_manufacturing_cost }) => total_manufacturing_cost);
  };
  assert.deepEqual(await costs('/summary'), [40, null, 120]);
  assert.deepEqual(await costs('/summary?sku=sku_b'), [70]);
});

test('filters may repeat, in any order, with and without percent-encoding', async () => {
  const one = await get('v1', '/summary?month=12&month=1&year=2024&year=2000&sku=sku_a');
  const other = await get(
    'v1',
    '/summary?sku=%73ku_a&year=2000&year=2024&year=2024&month=1&month=12',
  );
  assert.deepEqual(one, other);
  const { data } = one as { data: { year: number; month: number }[] };
  assert.deepEqual(
    data.map(({ year, month }) => [year, month]),
    [
      [2000, 12],
      [2024, 1],
    ],
  );
});

test('a changed row is in the next answer, and only its month changes', async () => {
  const { http, state } = await createFakeHttp('v1', rows);
  const summary = async () => (await http.inject('/summary')).json().data;
  const before = await summary();
  state.put(row('sku_b', 2024, 1, { manufactured_qty: 8, version: 2 }));
  const after = await summary();
  assert.equal(after[2].manufacturing[1].totals.manufactured_qty, 8);
  assert.deepEqual(after.slice(0, 2), before.slice(0, 2));
});

test('names of SKUs ascend', async () => {
  assert.deepEqual(await get('v1', '/sku_names'), { names: ['sku_a', 'sku_b'] });
});

test('a query lists the months of one SKU and year with the measures of the version', async () => {
  assert.deepEqual(await get('v2', '/query/sku_a/2000'), {
    version: 'v2',
    data: [
      { sku: 'sku_a', year: 2000, month: 2, manufactured_qty: 4, defect_qty: 0 },
      { sku: 'sku_a', year: 2000, month: 12, manufactured_qty: 3, defect_qty: null },
    ],
  });
});

test('a query for a year without data is answered with an empty list', async () => {
  assert.deepEqual(await get('v1', '/query/sku_b/2001'), { version: 'v1', data: [] });
});

test('series are columns: the sum of all SKUs, null where a part is unknown, and each SKU named', async () => {
  const { total, skus, monthly } = (await get('v3', '/series?sku=sku_b')) as {
    total: Record<string, unknown>;
    skus: Record<string, Record<string, unknown>>;
    monthly: { field: string }[];
  };
  assert.deepEqual(total.months, [1, 11, 288]);
  assert.deepEqual(total.production_cost, [40, null, 120]);
  assert.deepEqual(skus.sku_b?.months, [288]);
  assert.deepEqual(skus.sku_b?.defect_qty, [2]);
  assert.deepEqual(Object.keys(skus), ['sku_b']);
  assert.deepEqual(
    monthly.map(({ field }) => field),
    ['base_cost'],
  );
});
