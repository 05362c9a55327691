/** A total that is not known of every record is unknown, never a number that looks complete. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { version as v1 } from '../../../src/app/versions/v1/index.ts';
import { version as v2 } from '../../../src/app/versions/v2/index.ts';
import { version as v3 } from '../../../src/app/versions/v3/index.ts';

const WORKING_HOUR = 9;

test('v2 shows no defects of a month that holds one record of v1', () => {
  const row = [0, 0, 0, 0];
  v2.fold(row, v2.makeRecord(1, 'sku_000000', WORKING_HOUR));
  assert.equal(typeof v2.summarise(row).defect_qty, 'number');
  v2.fold(row, { ...v1.makeRecord(1, 'sku_000000', WORKING_HOUR + 1), defect_qty: null });
  assert.equal(v2.summarise(row).defect_qty, null);
  assert.ok(Number(v2.summarise(row).manufactured_qty) >= 100);
});

test('v2 takes over a row that v1 kept and knows that it does not know its defects', () => {
  const row = [0, 0];
  v1.fold(row, v1.makeRecord(1, 'sku_000000', WORKING_HOUR));
  const taken = [...row, 0, 0];
  v2.fold(taken, v2.makeRecord(1, 'sku_000000', WORKING_HOUR + 1));
  assert.equal(v2.summarise(taken).records, 2);
  assert.equal(v2.summarise(taken).defect_qty, null);
});

test('v3 multiplies quantity by cost, and its month total is unknown where one SKU is', () => {
  const record = v3.makeRecord(1, 'sku_000000', WORKING_HOUR);
  const row = [0, 0, 0, 0, 0, 0];
  v3.fold(row, record);
  const cost = Number(record.manufactured_qty) * Number(record.sku_manufacturing_cost);
  assert.equal(v3.summarise(row).production_cost, cost);
  const identity = {
    year: 2000,
    month: 1,
    partition: 0,
    version: 1,
    manufactured_qty: 1,
    defect_qty: 0,
  };
  const known = { ...identity, sku: 'sku_000000', production_cost: 7 };
  const unknown = { ...identity, sku: 'sku_000001', production_cost: null };
  assert.equal(v3.present(1, 2000, 1, [known]).total_manufacturing_cost, 7);
  assert.equal(v3.present(1, 2000, 1, [known, unknown]).total_manufacturing_cost, null);
});

test('defects stay within 1 … quantity − 25 while the factory works and are 0 while it rests', () => {
  for (let hour = 0; hour < 20_000; hour++) {
    const record = v2.makeRecord(3, 'sku_000004', hour);
    const qty = Number(record.manufactured_qty);
    const defects = Number(record.defect_qty);
    if (qty === 0) assert.equal(defects, 0);
    else assert.ok(defects >= 1 && defects <= qty - 25, `${defects} of ${qty}`);
    assert.equal(v2.problem(record), undefined);
  }
});

test('values outside the factory’s range are named with their field', () => {
  const record = v3.makeRecord(1, 'sku_000000', WORKING_HOUR);
  const cases: [Record<string, number>, RegExp][] = [
    [{ manufactured_qty: -1 }, /^manufactured_qty -1/],
    [{ manufactured_qty: 2_147_483_647 }, /^manufactured_qty 2147483647/],
    [{ manufactured_qty: 50, defect_qty: 26 }, /^defect_qty 26/],
    [{ sku_manufacturing_cost: 999_999 }, /^sku_manufacturing_cost 999999/],
    [{ year: 1999 }, /^year 1999/],
    [{ year: 2024, month: 3 }, /^month 3 of 2024/],
    [{ month: 13 }, /^month 13/],
    [{ year: 2001, month: 2, day: 29 }, /^day 29/],
    [{ hour: 24 }, /^hour 24/],
  ];
  for (const [change, message] of cases)
    assert.match(v3.problem({ ...record, ...change }) ?? '', message);
});
