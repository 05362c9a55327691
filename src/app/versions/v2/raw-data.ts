/** How a raw record is made and when its values can be true. */
import { calendarHour, calendarProblem } from '../../runtime/calendar.ts';
import { between, random } from '../../runtime/random.ts';
import type { RawRecord } from '../../version.ts';

const MAX_QTY = 100;
const DEFECTS_BELOW_QTY = 25;

/** Widgets made in an hour: 50 … 100 from 08:00 to 20:00, else none. */
function manufacturedQty(seed: number, sku: string, hours: number): number {
  const hour = hours % 24;
  if (hour < 8 || hour >= 20) return 0;
  return between(50, MAX_QTY, random(seed, sku, hours, 'manufactured_qty'));
}

/** Defective widgets of an hour: 1 … 99 % of those made, at least 1 and at most 25 fewer than were made. */
function defectQty(seed: number, sku: string, hours: number, qty: number): number {
  if (qty === 0) return 0;
  const percent = between(1, 99, random(seed, sku, hours, 'defect_qty'));
  return Math.max(1, Math.min(Math.trunc((qty * percent) / 100), qty - DEFECTS_BELOW_QTY));
}

/** The record of one SKU and hour (hours since 2000-01-01 00:00). */
export function makeRecord(seed: number, sku: string, hours: number): RawRecord {
  const { year, month, day, hour } = calendarHour(hours);
  const manufactured_qty = manufacturedQty(seed, sku, hours);
  const defect_qty = defectQty(seed, sku, hours, manufactured_qty);
  return { sku, manufactured_qty, defect_qty, year, month, day, hour };
}

/** Why the record's values cannot be true, naming the field; undefined where they can. */
export function problem(record: RawRecord): string | undefined {
  const qty = Number(record.manufactured_qty);
  if (!(qty >= 0 && qty <= MAX_QTY)) return `manufactured_qty ${qty} lies outside 0…${MAX_QTY}`;
  const defects = record.defect_qty ?? 0;
  const most = Math.max(0, qty - DEFECTS_BELOW_QTY);
  if (!(Number(defects) >= 0 && Number(defects) <= most)) {
    return `defect_qty ${defects} lies outside 0…${most}`;
  }
  return calendarProblem(record);
}
