/** The page: asks the server, keeps what the person chose, and draws. */
import { createChart } from './chart.js';
import { drawnSkus, MOST_SKUS, readChoice, writeChoice } from './choice.js';
import { showTable } from './data-table.js';
import { showHours, showTotals } from './facts.js';
import { hoursIn, monthName, number } from './format.js';
import { createFreshness } from './freshness.js';
import { createLegend } from './legend.js';
import { describe, skuLines, spread, TOTAL, totalLine, valueText } from './lines.js';
import { createMeasures } from './measures.js';
import { createPicker } from './picker.js';
import { ask, poll } from './poll.js';
import { createRange } from './range.js';

/** @import { Measure, Series, Status } from './poll.js' */

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
/** @param {string} id */
const input = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

const choice = readChoice();
/** @type {readonly string[]} */
let names = [];
/** SKU of each line style; a SKU keeps its style while it is drawn. @type {(string | undefined)[]} */
const places = new Array(MOST_SKUS).fill(undefined);
/** @type {Series | undefined} */
let series;
/** Month that is pointed at; undefined follows the newest one. @type {number | undefined} */
let pointed;

const freshness = createFreshness();
const pointing = { pointed: pointAt, zoomed: setRange };
const totalChart = createChart(element('total-plot'), 0.7, pointing);
const skusChart = createChart(element('skus-plot'), 1, pointing);
const measures = createMeasures(element('measures'), (field) => change({ measure: field }));
const picker = createPicker(toggle);
const legend = createLegend(element('legend'), (name) => {
  if (name === TOTAL) change({ total: false });
  else toggle(name, false);
});
const range = createRange(setRange);

input('total').addEventListener('change', () => change({ total: input('total').checked }));
input('zero').addEventListener('change', () => change({ zero: input('zero').checked }));
input('month').addEventListener('input', () => pointAt(Number(input('month').value)));
element('table-details').addEventListener('toggle', draw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  totalChart.restyle();
  skusChart.restyle();
  draw();
});
const askNow = poll(round);

/** One round of questions; a server that is away is no error but a state that is shown. */
async function round() {
  try {
    /** @type {Status} */
    const status = await ask('/status');
    element('version').textContent = status.version;
    element('run').textContent = `Run ${status.runId}`;
    document.title = `Cutover — Summary Stats ${status.version}`;
    if (status.skus !== null && status.skus !== names.length) {
      names = (await ask('/sku_names'))?.names ?? names;
    }
    const wanted = new URLSearchParams(drawnSkus(choice, names).map((sku) => ['sku', sku]));
    series = (await ask(`/series?${wanted}`)) ?? series;
    showHours(status);
    freshness.heard(status);
    draw();
  } catch (error) {
    freshness.missed();
    // A server that is away rejects the fetch; anything else is a mistake that must be seen.
    if (!(error instanceof TypeError || error instanceof DOMException)) console.error(error);
  }
}

/** @param {Partial<import('./choice.js').Choice>} part */
function change(part) {
  Object.assign(choice, part);
  writeChoice(choice);
  draw();
}

/** @param {number} from @param {number} to */
function setRange(from, to) {
  change({ from, to });
}

/** @param {string} sku @param {boolean} chosen */
function toggle(sku, chosen) {
  const others = drawnSkus(choice, names).filter((name) => name !== sku);
  change({ skus: (chosen ? [...others, sku] : others).slice(0, MOST_SKUS) });
  if (chosen) askNow();
}

/** @param {number} month */
function pointAt(month) {
  pointed = month;
  drawPointed();
}

/** What is drawn now, of the measure that is chosen or else the first. */
function drawing() {
  if (series === undefined) return undefined;
  const all = [...series.measures, ...series.monthly];
  const measure = all.find(({ field }) => field === choice.measure) ?? all[0];
  if (measure === undefined) return undefined;
  const isMonthly = series.monthly.includes(measure);
  const total = choice.total || isMonthly ? [totalLine(series, measure.field, names.length)] : [];
  const skus = isMonthly ? [] : skuLines(series, measure.field, places);
  return { all, measure, total, skus };
}

/** Gives each SKU that is drawn a place, leaving those that have one. */
function assignPlaces() {
  const drawn = drawnSkus(choice, names);
  for (const [place, sku] of places.entries()) {
    if (sku !== undefined && !drawn.includes(sku)) places[place] = undefined;
  }
  for (const sku of drawn) if (!places.includes(sku)) places[places.indexOf(undefined)] = sku;
}

function draw() {
  assignPlaces();
  picker.show(names, drawnSkus(choice, names));
  range.show(choice.from, choice.to);
  input('total').checked = choice.total;
  input('zero').checked = choice.zero;
  const drawn = drawing();
  if (series === undefined || drawn === undefined) return;
  const { all, measure, total, skus } = drawn;
  showTotals(series);
  measures.show(all, measure.field);
  element('chart-heading').textContent = `${measure.label} per month`;
  element('total-figure').hidden = total.length === 0;
  element('skus-figure').hidden = skus.length === 0;
  element('empty').hidden = total.length + skus.length > 0;
  element('unknown-note').hidden = ![...total, ...skus].some(({ values }) => values.includes(null));
  if (total.length > 0) totalChart.show(total, { ...choice, zero: true });
  if (skus.length > 0) skusChart.show(skus, choice);
  const text = (/** @type {typeof total} */ lines) =>
    describe(measure.label, lines, choice.from, choice.to);
  element('total-plot').setAttribute('aria-label', text(total));
  element('skus-plot').setAttribute('aria-label', text(skus));
  if (/** @type {HTMLDetailsElement} */ (element('table-details')).open) {
    showTable(element('table'), measure.label, [...total, ...skus], choice.from, choice.to);
  }
  drawPointed();
}

/** Shows the month that is pointed at, else the newest that has data. */
function drawPointed() {
  const drawn = drawing();
  if (series === undefined || drawn === undefined) return;
  const newest = series.total.months.at(-1) ?? choice.from;
  const month = Math.min(Math.max(pointed ?? newest, choice.from), choice.to);
  const slider = input('month');
  slider.min = String(choice.from);
  slider.max = String(choice.to);
  slider.value = String(month);
  const lines = [...drawn.total, ...drawn.skus];
  const values = lines.map(({ name, values }) => `${name} ${valueText(values[month])}`).join(', ');
  slider.setAttribute('aria-valuetext', `${monthName(month)}: ${values}`);
  element('month-output').textContent = `${monthName(month)}${partly(month)}`;
  legend.show(lines, month);
  for (const chart of [totalChart, skusChart]) if (pointed !== undefined) chart.point(month);
}

/** Says so where a month is not complete yet. @param {number} month */
function partly(month) {
  if (series === undefined) return '';
  const counted = spread(series.total, 'records')[month] ?? 0;
  const all = hoursIn(month) * names.length;
  return counted < all ? ` — ${number(counted)} of ${number(all)} hours` : '';
}
