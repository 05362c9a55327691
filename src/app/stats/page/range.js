/** The stretch of time that is shown: two lists of years, and back to all of them. */
import { FIRST_YEAR, MONTHS } from './format.js';

const LAST_YEAR = FIRST_YEAR + Math.floor((MONTHS - 1) / 12);

/** @param {string} id */
const element = (id) => /** @type {HTMLSelectElement} */ (document.getElementById(id));

/**
 * The controls of the stretch; `show` sets them.
 * @param {(from: number, to: number) => void} changed
 */
export function createRange(changed) {
  const from = element('from');
  const to = element('to');
  const reset = element('reset-range');
  for (const select of [from, to]) {
    for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) select.add(new Option(String(year)));
  }
  const read = (
    /** @type {HTMLSelectElement} */ first,
    /** @type {HTMLSelectElement} */ second,
  ) => {
    // The list that was touched wins; the other follows it.
    const years = [Number(first.value), Number(second.value)];
    if (Number(from.value) > Number(to.value)) years[1] = years[0] ?? FIRST_YEAR;
    const [low, high] = [Math.min(...years), Math.max(...years)];
    changed((low - FIRST_YEAR) * 12, Math.min(MONTHS - 1, (high - FIRST_YEAR) * 12 + 11));
  };
  from.addEventListener('change', () => read(from, to));
  to.addEventListener('change', () => read(to, from));
  reset.addEventListener('click', () => changed(0, MONTHS - 1));

  return {
    /** @param {number} first @param {number} last */
    show(first, last) {
      from.value = String(FIRST_YEAR + Math.floor(first / 12));
      to.value = String(FIRST_YEAR + Math.floor(last / 12));
      reset.disabled = first === 0 && last === MONTHS - 1;
    },
  };
}
