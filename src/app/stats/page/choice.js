/** What the person chose to see, kept in the address so that it survives a reload and can be shared. */
import { MONTHS } from './format.js';

/** Lines of single SKUs that can be told apart. */
export const MOST_SKUS = 8;

const FIRST_SKUS = 3;

/**
 * @typedef {object} Choice
 * @property {string[] | null} skus SKUs drawn, in the order they were chosen; null before the first choice
 * @property {boolean} total whether the sum of all SKUs is drawn
 * @property {string} measure field that is drawn
 * @property {number} from first month shown, counted from January 2000
 * @property {number} to last month shown
 * @property {boolean} zero whether the value axis of the SKUs starts at zero
 */

/** Reads the choice from the address. @returns {Choice} */
export function readChoice() {
  const given = new URLSearchParams(location.hash.slice(1));
  const month = (/** @type {string} */ name, /** @type {number} */ otherwise) => {
    const value = Number(given.get(name) ?? Number.NaN);
    return Number.isInteger(value) && value >= 0 && value < MONTHS ? value : otherwise;
  };
  const from = month('from', 0);
  const to = month('to', MONTHS - 1);
  return {
    skus: given.has('sku') ? [...new Set(given.getAll('sku'))].slice(0, MOST_SKUS) : null,
    total: given.get('total') !== 'no',
    measure: given.get('measure') ?? '',
    from: Math.min(from, to),
    to: Math.max(from, to),
    zero: given.get('zero') === 'yes',
  };
}

/** Writes the choice to the address, leaving out what is as it was at first. @param {Choice} choice */
export function writeChoice(choice) {
  const wanted = new URLSearchParams();
  for (const sku of choice.skus ?? []) wanted.append('sku', sku);
  if (choice.skus?.length === 0) wanted.append('sku', '');
  if (!choice.total) wanted.set('total', 'no');
  if (choice.measure !== '') wanted.set('measure', choice.measure);
  if (choice.from !== 0) wanted.set('from', String(choice.from));
  if (choice.to !== MONTHS - 1) wanted.set('to', String(choice.to));
  if (choice.zero) wanted.set('zero', 'yes');
  history.replaceState(null, '', wanted.size > 0 ? `#${wanted}` : location.pathname);
}

/** The SKUs to draw among those that exist; the first few before a choice was made. @param {Choice} choice @param {readonly string[]} names */
export function drawnSkus(choice, names) {
  if (choice.skus === null) return names.slice(0, FIRST_SKUS);
  const known = new Set(names);
  return choice.skus.filter((sku) => known.has(sku));
}
