/** What is drawn: one value for each month of each line, made of the server's columns. */
import { lineStyle, totalStyle } from './colours.js';
import { hoursIn, MONTHS, monthName, number } from './format.js';

/** @import { Line } from './chart.js' */
/** @import { Columns, Series } from './poll.js' */

/** Name of the sum of all SKUs. */
export const TOTAL = 'All SKUs';

/**
 * The line of the sum of all SKUs.
 * @param {Series} series
 * @param {string} field
 * @param {number} skus number of SKUs summed
 * @returns {Line}
 */
export function totalLine({ total }, field, skus) {
  return { ...line(TOTAL, total, field, skus), style: totalStyle(), filled: true };
}

/**
 * One line for each SKU, in its place.
 * @param {Series} series
 * @param {string} field
 * @param {readonly (string | undefined)[]} places SKU of each of the eight places
 * @returns {Line[]}
 */
export function skuLines(series, field, places) {
  return places.flatMap((sku, place) => {
    const columns = sku === undefined ? undefined : series.skus[sku];
    if (sku === undefined || columns === undefined) return [];
    return [{ ...line(sku, columns, field, 1), style: lineStyle(place), filled: false }];
  });
}

/** @param {string} name @param {Columns} columns @param {string} field @param {number} skus */
function line(name, columns, field, skus) {
  const records = spread(columns, 'records');
  const partly = records.map((counted, month) => (counted ?? 0) < hoursIn(month) * skus);
  return { name, values: spread(columns, field), partly };
}

/** Columns as one entry for each month; undefined where there is no data. @param {Columns} columns @param {string} field */
export function spread(columns, field) {
  /** @type {(number | null | undefined)[]} */
  const values = new Array(MONTHS).fill(undefined);
  const column = columns[field] ?? [];
  for (const [index, month] of columns.months.entries()) values[month] = column[index];
  return values;
}

/** A value as text. @param {number | null | undefined} value */
export function valueText(value) {
  return value === undefined ? 'no data' : number(value);
}

/**
 * The chart in one or two sentences, for people who do not see it.
 * @param {string} label
 * @param {readonly Line[]} lines
 * @param {number} from
 * @param {number} to
 */
export function describe(label, lines, from, to) {
  const stretch = `${monthName(from)} to ${monthName(to)}`;
  const parts = lines.map(
    ({ name, values }) => `${name}: ${describeLine(values.slice(from, to + 1), from)}`,
  );
  return `Line chart. ${label} per month, ${stretch}. ${parts.join(' ')}`;
}

/** @param {(number | null | undefined)[]} values @param {number} from */
function describeLine(values, from) {
  /** @type {{ month: number, value: number }[]} */
  const known = values.flatMap((value, index) =>
    value == null ? [] : [{ month: from + index, value }],
  );
  const unknown = values.filter((value) => value === null).length;
  const gap = unknown > 0 ? ` ${unknown} months unknown.` : '';
  const last = known.at(-1);
  if (last === undefined) return `no known values.${gap}`;
  const low = known.reduce((least, entry) => (entry.value < least.value ? entry : least));
  const high = known.reduce((most, entry) => (entry.value > most.value ? entry : most));
  const at = (/** @type {{ month: number, value: number }} */ { month, value }) =>
    `${number(value)} in ${monthName(month)}`;
  return `lowest ${at(low)}, highest ${at(high)}, last ${at(last)}.${gap}`;
}
