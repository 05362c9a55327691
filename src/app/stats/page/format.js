/** Numbers, months and times as people read them; what is not known says so. */

const LOCALE = 'en-GB';
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const longMonth = new Intl.DateTimeFormat(LOCALE, {
  year: 'numeric',
  month: 'long',
  timeZone: 'UTC',
});
const shortMonth = new Intl.DateTimeFormat(LOCALE, { month: 'short', timeZone: 'UTC' });

/** First year of the data; months are counted from its January. */
export const FIRST_YEAR = 2000;

/** January 2000 … February 2024. */
export const MONTHS = 290;

/** @param {number} month months since January 2000 */
function dateOf(month) {
  return new Date(Date.UTC(FIRST_YEAR, month, 1));
}

/** A whole number with separators; `unknown` where it is null. @param {number | null} value */
export function number(value) {
  return value === null ? 'unknown' : whole.format(value);
}

/** A number for an axis, e.g. `25K`. @param {number} value */
export function shortNumber(value) {
  return compact.format(value);
}

/** `March 2007`. @param {number} month months since January 2000 */
export function monthName(month) {
  return longMonth.format(dateOf(month));
}

/** `2007`, or `Mar` for another month than January. @param {number} month months since January 2000 */
export function monthTick(month) {
  return month % 12 === 0 ? String(FIRST_YEAR + month / 12) : shortMonth.format(dateOf(month));
}

/** Hours in a month. @param {number} month months since January 2000 */
export function hoursIn(month) {
  return (dateOf(month + 1).getTime() - dateOf(month).getTime()) / 3_600_000;
}

/** `0.4 s`, `12 s`, `3 min`, `2 h`. @param {number} ms */
export function duration(ms) {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6_000) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
