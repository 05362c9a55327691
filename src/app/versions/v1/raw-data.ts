/** How a raw record is made and when its values can be true. */
import { calendarHour, calendarProblem } from '../../runtime/calendar.ts';
import { between, random } from '../../runtime/random.ts';
import type { RawRecord } from '../../version.ts';

const MAX_QTY = 100;

/** Widgets made in an hour: 50 … 100 from 08:00 to 20:00, else none. */
function manufacturedQty(seed: number, sku: string, hours: number): number {
  const hour = hours % 24;
  if (hour < 8 || hour >= 20) return 0;
  return between(50, MAX_QTY, random(seed, sku, hours, 'manufactured_qty'));
}

/** The record of one SKU and hour (hours since 2000-01-01 00:00). */
export function makeRecord(seed: number, sku: string, hours: number): RawRecord {
  const { year, month, day, hour } = calendarHour(hours);
  const manufactured_qty = manufacturedQty(seed, sku, hours);
  return { sku, manufactured_qty, year, month, day, hour };
}

/** Why the record's values cannot be true, naming the field; undefined where they can. */
export function problem(record: RawRecord): string | undefined {
  const qty = Number(record.manufactured_qty);
  if (!(qty >= 0 && qty <= MAX_QTY)) return `manufactured_qty ${qty} lies outside 0…${MAX_QTY}`;
  return calendarProblem(record);
}
