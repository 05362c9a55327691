/** Both orders produce each hour of a SKU once. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { orders } from '../../../src/app/generator/order.ts';
import { HOURS } from '../../../src/app/runtime/calendar.ts';

for (const [name, order] of Object.entries(orders)) {
  test(`${name}: every hour of a SKU has exactly one seq`, () => {
    const seen = new Uint8Array(HOURS);
    for (let seq = 0; seq < HOURS; seq++) {
      const hour = order(5, 'sku_000001', seq);
      seen[hour] = (seen[hour] ?? 0) + 1;
    }
    assert.ok(seen.every((times) => times === 1));
  });
}

test('a shuffle depends on seed and SKU, and mixes the years', () => {
  const first = (seed: number, sku: string) =>
    Array.from({ length: 50 }, (_, seq) => orders.shuffled(seed, sku, seq));
  assert.notDeepEqual(first(1, 'sku_000000'), first(2, 'sku_000000'));
  assert.notDeepEqual(first(1, 'sku_000000'), first(1, 'sku_000001'));
  assert.deepEqual(first(1, 'sku_000000'), first(1, 'sku_000000'));
  const years = new Set(first(1, 'sku_000000').map((hour) => Math.trunc(hour / 8_766)));
  assert.ok(years.size > 10, `${years.size} years in the first 50 records`);
});
