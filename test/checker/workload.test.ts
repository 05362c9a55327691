/** Tests the checker's own workload against values computed from the specification by another program. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import {
  dateOfHour,
  HOURS_PER_SKU,
  hourIndex,
  MONTHS,
  monthIndex,
  monthName,
} from '../../src/checker/calendar.ts';
import { fmix, fnv1a, monthBaseCost, skuWorkload } from '../../src/checker/workload.ts';

const HOURS = [7, 8, 19, 20, 1000, 100_000, 211_819];

suite('the workload', () => {
  test('hashes as FNV-1a and MurmurHash3 publish it', () => {
    assert.equal(fnv1a(''), 0x811c9dc5);
    assert.equal(fnv1a('foobar'), 0xbf9cf968);
    assert.equal(fmix(0), 0);
    assert.equal(fmix(1), 0x514e28b7);
  });

  test('a SKU of seed 1 has the values that the specification gives', () => {
    const { manufacturedQty, defectQty, cost } = skuWorkload(1, 'sku_000000');
    assert.deepEqual(HOURS.map(manufacturedQty), [0, 78, 56, 0, 70, 88, 68]);
    assert.deepEqual(HOURS.map(defectQty), [0, 53, 22, 0, 45, 63, 19]);
    assert.deepEqual([2000, 2001, 2024].map(cost), [197, 200, 570]);
    assert.equal(sum(manufacturedQty), 7_940_763);
    assert.equal(sum(defectQty), 3_489_087);
    assert.equal(monthBaseCost(1)(MONTHS - 1), 521_304);
  });

  test('the highest seed stays within unsigned 32 bits', () => {
    const { manufacturedQty, defectQty, cost } = skuWorkload(4_294_967_295, 'sku_000007');
    assert.deepEqual(HOURS.map(manufacturedQty), [0, 97, 54, 0, 63, 98, 90]);
    assert.deepEqual(HOURS.map(defectQty), [0, 57, 25, 0, 38, 73, 21]);
    assert.deepEqual([2000, 2001, 2024].map(cost), [148, 159, 486]);
    assert.equal(monthBaseCost(4_294_967_295)(MONTHS - 1), 502_512);
  });
});

suite('the calendar', () => {
  test('every hour of the workload has one date and one month, in order', () => {
    let month = -1;
    for (let hour = 0; hour < HOURS_PER_SKU; hour++) {
      const date = dateOfHour(hour);
      assert.equal(hourIndex(date.year, date.month, date.day, date.hour), hour);
      const index = monthIndex(date.year, date.month);
      assert.ok(index === month || index === month + 1);
      month = index;
    }
    assert.equal(month, MONTHS - 1);
    assert.equal(monthName(month), '2024-02');
  });

  test('dates that do not exist or lie outside the workload have no hour', () => {
    const dates: [number, number, number, number][] = [
      [1999, 12, 31, 23],
      [2024, 3, 1, 0],
      [2001, 2, 29, 0],
      [2000, 13, 1, 0],
      [2000, 0, 1, 0],
      [2000, 1, 0, 0],
      [2000, 1, 1, 24],
      [2000, 1, 1, -1],
    ];
    for (const date of dates) assert.equal(hourIndex(...date), -1, String(date));
  });
});

function sum(quantityOf: (hour: number) => number): number {
  let total = 0;
  for (let hour = 0; hour < HOURS_PER_SKU; hour++) total += quantityOf(hour);
  return total;
}
