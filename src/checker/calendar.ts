/** The workload's calendar: hours since 2000-01-01 00:00, and the month each belongs to. */

/** First year of the workload. */
export const FIRST_YEAR = 2000;

/** Hours per SKU: from 2000-01-01 00:00 up to and including 2024-02-29 23:00. */
export const HOURS_PER_SKU = 211_824;

/** Months from January 2000 up to and including February 2024. */
export const MONTHS = 290;

const monthStarts = Array.from(
  { length: MONTHS + 1 },
  (_, month) => Date.UTC(FIRST_YEAR, month, 1) / 3_600_000 - Date.UTC(FIRST_YEAR, 0, 1) / 3_600_000,
);

/** Month as an index from January 2000; -1 outside the workload. */
export function monthIndex(year: number, month: number): number {
  if (!(month >= 1 && month <= 12)) return -1;
  const index = (year - FIRST_YEAR) * 12 + month - 1;
  return index >= 0 && index < MONTHS ? index : -1;
}

/** Hours since 2000-01-01 00:00 of a date and hour; -1 where there is no such hour in the workload. */
export function hourIndex(year: number, month: number, day: number, hour: number): number {
  const index = monthIndex(year, month);
  if (index < 0 || hour < 0 || hour > 23 || day < 1) return -1;
  const result = (monthStarts[index] ?? 0) + (day - 1) * 24 + hour;
  return result < (monthStarts[index + 1] ?? 0) ? result : -1;
}

/** Year of a month index. */
export function yearOfMonth(index: number): number {
  return FIRST_YEAR + Math.floor(index / 12);
}

/** Month index as `yyyy-mm`. */
export function monthName(index: number): string {
  return `${yearOfMonth(index)}-${String((index % 12) + 1).padStart(2, '0')}`;
}

/** Days of a month index. */
export function daysInMonth(index: number): number {
  return ((monthStarts[index + 1] ?? 0) - (monthStarts[index] ?? 0)) / 24;
}

/** Date and hour of an hour index, as a record names them. */
export function dateOfHour(hours: number): {
  year: number;
  month: number;
  day: number;
  hour: number;
} {
  const date = new Date(Date.UTC(FIRST_YEAR, 0, 1, hours));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
  };
}
