/** What is drawn, as a table. */
import { monthName } from './format.js';
import { valueText } from './lines.js';

/** @import { Line } from './chart.js' */

/**
 * Fills an element with a table of the lines.
 * @param {HTMLElement} host
 * @param {string} label
 * @param {readonly Line[]} lines
 * @param {number} from
 * @param {number} to
 */
export function showTable(host, label, lines, from, to) {
  const table = document.createElement('table');
  table.createCaption().textContent = `${label} per month`;
  const head = table.createTHead().insertRow();
  for (const name of ['Month', ...lines.map((line) => line.name)])
    head.append(heading(name, 'col'));
  const body = table.createTBody();
  for (let month = from; month <= to; month++) {
    const values = lines.map((line) => line.values[month]);
    if (values.every((value) => value === undefined)) continue;
    const row = body.insertRow();
    row.append(heading(monthName(month), 'row'));
    for (const value of values) row.insertCell().textContent = valueText(value);
  }
  const { scrollTop } = host;
  // A part that scrolls must be reachable by keyboard, which not every browser sees to.
  host.tabIndex = 0;
  host.replaceChildren(table);
  host.scrollTop = scrollTop;
}

/** @param {string} text @param {string} scope */
function heading(text, scope) {
  const cell = document.createElement('th');
  cell.scope = scope;
  cell.textContent = text;
  return cell;
}
