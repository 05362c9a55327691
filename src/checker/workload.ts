/** What every record must hold, computed from the workload's text and not from the application's code. */

import { daysInMonth, FIRST_YEAR, yearOfMonth } from './calendar.ts';

const LAST_YEAR = 2024;

/** FNV-1a of a string's UTF-8 bytes, uint32. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Finalizer of MurmurHash3, uint32 to uint32. */
export function fmix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The workload's random number of (seed, SKU, hour, field), uint32; for a yearly draw `hour` is the year. */
function random(seed: number, sku: string, hour: number, field: string): number {
  return draw(fmix(seed ^ fnv1a(sku)), hour, fnv1a(field));
}

function draw(skuHash: number, hour: number, fieldHash: number): number {
  return fmix(fmix(skuHash + Math.imul(hour, 0x9e3779b9)) ^ fieldHash);
}

/** A random uint32 as an integer from `low` to `high`, both included. */
function between(low: number, high: number, value: number): number {
  return low + Math.floor((value * (high - low + 1)) / 2 ** 32);
}

const MANUFACTURED = fnv1a('manufactured_qty');
const DEFECT = fnv1a('defect_qty');
const COST = 'sku_manufacturing_cost';

/** The values that the records of one SKU must have, by hour since 2000-01-01 00:00. */
export interface SkuWorkload {
  readonly manufacturedQty: (hour: number) => number;
  readonly defectQty: (hour: number) => number;
  /** By year, 2000 … 2024. */
  readonly cost: (year: number) => number;
}

/** What the records of one SKU must hold in a run of that seed. */
export function skuWorkload(seed: number, sku: string): SkuWorkload {
  const skuHash = fmix(seed ^ fnv1a(sku));
  const costs = yearly(between(100, 200, random(seed, sku, FIRST_YEAR, COST)), (previous, year) =>
    between(1, Math.max(1, Math.floor(previous / 10)), random(seed, sku, year, COST)),
  );
  const manufacturedQty = (hour: number): number => {
    const hourOfDay = hour % 24;
    if (hourOfDay < 8 || hourOfDay >= 20) return 0;
    return between(50, 100, draw(skuHash, hour, MANUFACTURED));
  };
  const defectQty = (hour: number): number => {
    const qty = manufacturedQty(hour);
    if (qty === 0) return 0;
    const percent = between(1, 99, draw(skuHash, hour, DEFECT));
    return Math.max(1, Math.min(qty - 25, Math.trunc((qty * percent) / 100)));
  };
  return { manufacturedQty, defectQty, cost: (year) => costs[year - FIRST_YEAR] ?? Number.NaN };
}

/** Hourly base cost of each year, then a month's base cost: hourly cost × 12 working hours × days. */
export function monthBaseCost(seed: number): (monthIndex: number) => number {
  const hourly = yearly(280, (previous, year) => {
    const percent = between(5, 10, random(seed, '', year, 'base_cost'));
    return Math.max(1, Math.round((previous * percent) / 100));
  });
  return (month) =>
    (hourly[yearOfMonth(month) - FIRST_YEAR] ?? Number.NaN) * 12 * daysInMonth(month);
}

function yearly(first: number, increase: (previous: number, year: number) => number): number[] {
  const values = [first];
  for (let year = FIRST_YEAR + 1; year <= LAST_YEAR; year++) {
    const previous = values[values.length - 1] ?? first;
    values.push(previous + increase(previous, year));
  }
  return values;
}

/** Name of the SKU with that index, e.g. `sku_000007`. */
export function skuName(index: number): string {
  return `sku_${String(index).padStart(6, '0')}`;
}

/** Measures that a version shows of a (SKU, month); undefined for a version that this checker does not know. */
export function measuresOf(version: string): readonly Measure[] | undefined {
  const count = ['v1', 'v2', 'v3'].indexOf(version) + 1;
  return count === 0 ? undefined : MEASURES.slice(0, count);
}

/** The measures, each version adds one. */
export const MEASURES = ['manufactured_qty', 'defect_qty', 'production_cost'] as const;

/** A total of one (SKU, month). */
export type Measure = (typeof MEASURES)[number];
