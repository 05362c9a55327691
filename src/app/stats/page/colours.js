/** How lines are told apart: a colour that colour-blind people can tell from its neighbours, and a dash. */

/** Dashes in pixels; the first is a solid line. */
const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [14, 4], [5, 2], [3, 5], [8, 3, 2, 3, 2, 3]];

/**
 * @typedef {object} LineStyle
 * @property {string} colour
 * @property {number[]} dash
 */

/** Style of the line in one of the eight places (from 0); colours come from the style sheet, which knows light and dark. @param {number} place @returns {LineStyle} */
export function lineStyle(place) {
  return { colour: variable(`--line-${place + 1}`), dash: dashes[place] ?? [] };
}

/** Style of the sum of all SKUs. @returns {LineStyle} */
export function totalStyle() {
  return { colour: variable('--line-total'), dash: [] };
}

/** A custom property of the style sheet. @param {string} name */
export function variable(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** A short line as it is drawn in the chart. @param {LineStyle} style */
export function swatch({ colour, dash }) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  const line = document.createElementNS(space, 'line');
  const set = (/** @type {Element} */ on, /** @type {Record<string, string>} */ attributes) => {
    for (const [name, value] of Object.entries(attributes)) on.setAttribute(name, value);
  };
  set(svg, { width: '28', height: '10', viewBox: '0 0 28 10', 'aria-hidden': 'true' });
  set(line, { x1: '1', y1: '5', x2: '27', y2: '5', stroke: colour, 'stroke-width': '2.5' });
  if (dash.length > 0) line.setAttribute('stroke-dasharray', dash.join(' '));
  svg.append(line);
  return svg;
}
