/** The lines drawn, each with its value in the month that is pointed at. */
import { swatch } from './colours.js';
import { valueText } from './lines.js';

/** @import { Line } from './chart.js' */

/**
 * A list inside an element.
 * @param {HTMLElement} host
 * @param {(name: string) => void} removed
 */
export function createLegend(host, removed) {
  let shown = '';

  /** @param {Line} line */
  function entry({ name, style }) {
    const item = document.createElement('li');
    item.className = 'line';
    const text = document.createElement('span');
    text.className = 'name';
    text.textContent = name;
    const value = document.createElement('span');
    value.className = 'value';
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = '×';
    button.setAttribute('aria-label', `Do not draw ${name}`);
    button.addEventListener('click', () => removed(name));
    item.append(swatch(style), text, value, button);
    return item;
  }

  return {
    /** @param {readonly Line[]} lines @param {number} month */
    show(lines, month) {
      const wanted = JSON.stringify(lines.map(({ name, style }) => [name, style]));
      if (wanted !== shown) host.replaceChildren(...lines.map(entry));
      shown = wanted;
      for (const [index, value] of host.querySelectorAll('.value').entries()) {
        const words = valueText(lines[index]?.values[month]);
        if (value.textContent !== words) value.textContent = words;
      }
    },
  };
}
