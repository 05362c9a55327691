/** Moves a record to the month after its own, for the defects that mistake months. */
import type { RawRecord } from '../version.ts';

const SHORTEST_MONTH_DAYS = 28;

/** The record a month later, on a day that each month has; the last month that is recorded stays. */
export function inNextMonth(record: RawRecord): RawRecord {
  const { year, month, day } = record;
  if (year === 2024 && month === 2) return record;
  return {
    ...record,
    year: month === 12 ? year + 1 : year,
    month: (month % 12) + 1,
    day: Math.min(day, SHORTEST_MONTH_DAYS),
  };
}
