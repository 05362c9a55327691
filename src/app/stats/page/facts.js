/** The numbers above the chart: how much has been counted, and what it comes to. */
import { number } from './format.js';

/** @import { Series, Status } from './poll.js' */

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Shows how far the counting is. @param {Status} status */
export function showHours({ records, recordsExpected, skus }) {
  element('hours').textContent = records === null ? '–' : number(records);
  const progress = /** @type {HTMLProgressElement} */ (element('hours-progress'));
  const known = records !== null && recordsExpected !== null && recordsExpected > 0;
  progress.value = known ? records / recordsExpected : 0;
  const ofAll = known ? `of ${number(recordsExpected)}, ${skus} SKU${skus === 1 ? '' : 's'}` : '';
  element('hours-of').textContent = ofAll;
}

/** Shows the sum of each measure over everything. @param {Series} series */
export function showTotals({ measures, total }) {
  const list = element('facts');
  for (const { field, label } of measures) {
    const fact = factOf(list, field, label);
    const values = total[field] ?? [];
    const known = values.filter((value) => value !== null);
    const isKnown = known.length === values.length;
    const sum = known.reduce((all, value) => all + value, 0);
    const missing = values.length - known.length;
    fact.figure.textContent = isKnown ? number(sum) : 'unknown';
    fact.of.textContent = isKnown ? '' : `in ${missing} of ${values.length} months`;
  }
  const fields = new Set(measures.map(({ field }) => field));
  for (const old of list.querySelectorAll('[data-field]')) {
    if (!fields.has(/** @type {HTMLElement} */ (old).dataset.field ?? '')) old.remove();
  }
}

/** The fact of a field, made where it is not there yet. @param {HTMLElement} list @param {string} field @param {string} label */
function factOf(list, field, label) {
  let fact = list.querySelector(`[data-field="${CSS.escape(field)}"]`);
  if (fact === null) {
    fact = document.createElement('div');
    fact.className = 'fact';
    /** @type {HTMLElement} */ (fact).dataset.field = field;
    const term = document.createElement('dt');
    term.textContent = label;
    const detail = document.createElement('dd');
    detail.append(span('figure'), span('of'));
    fact.append(term, detail);
    list.append(fact);
  }
  const [figure, of] = fact.querySelectorAll('span');
  return { figure: /** @type {HTMLElement} */ (figure), of: /** @type {HTMLElement} */ (of) };
}

/** @param {string} name */
function span(name) {
  const made = document.createElement('span');
  made.className = name;
  return made;
}
