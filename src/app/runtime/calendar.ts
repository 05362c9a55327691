/** The hours that the factory records: 2000-01-01 00:00 up to and including 2024-02-29 23:00, numbered from 0. */

/** First and last year in which hours are recorded. */
export const FIRST_YEAR = 2000;
export const LAST_YEAR = 2024;

/** Hours recorded of one SKU: 8,826 days of 24 hours. */
export const HOURS = 211_824;

/** Where an hour stands in the calendar. */
export interface CalendarHour {
  readonly year: number;
  /** 1 … 12 */
  readonly month: number;
  /** 1 … 31 */
  readonly day: number;
  /** 0 … 23 */
  readonly hour: number;
}

const DAYS = HOURS / 24;
/** Year, month and day of each recorded day, packed as year × 10000 + month × 100 + day. */
const CALENDAR = Int32Array.from({ length: DAYS }, (_, day) => {
  const date = new Date(Date.UTC(FIRST_YEAR, 0, 1 + day));
  return date.getUTCFullYear() * 10_000 + (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
});

/** The calendar's entry for an hour number (0 … 211,823). */
export function calendarHour(hours: number): CalendarHour {
  const packed = CALENDAR[Math.trunc(hours / 24)];
  if (packed === undefined) throw new RangeError(`hour ${hours} lies outside 0…${HOURS - 1}`);
  return {
    year: Math.trunc(packed / 10_000),
    month: Math.trunc(packed / 100) % 100,
    day: packed % 100,
    hour: hours % 24,
  };
}

/** Number of days in a month (1 … 12). */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Why an hour does not belong to the recorded time, naming the field; undefined where it does. */
export function calendarProblem(at: CalendarHour): string | undefined {
  if (!(at.year >= FIRST_YEAR && at.year <= LAST_YEAR))
    return `year ${at.year} lies outside 2000…2024`;
  if (!(at.month >= 1 && at.month <= 12)) return `month ${at.month} lies outside 1…12`;
  if (at.year === LAST_YEAR && at.month > 2) return `month ${at.month} of 2024 lies after February`;
  if (!(at.day >= 1 && at.day <= daysInMonth(at.year, at.month))) {
    return `day ${at.day} is not in ${at.year}-${at.month}`;
  }
  return at.hour >= 0 && at.hour <= 23 ? undefined : `hour ${at.hour} lies outside 0…23`;
}
