/** One chart of lines over months; several share a cursor. */

import { variable } from './colours.js';
import { monthTick, shortNumber } from './format.js';
import uPlot from './uplot.js';

/** @import { LineStyle } from './colours.js' */

const NARROW_PX = 520;

/**
 * @typedef {object} Line
 * @property {string} name
 * @property {LineStyle} style
 * @property {(number | null | undefined)[]} values one for each month; null is unknown, undefined has no data
 * @property {boolean[]} partly for each month, whether hours of it are still to come
 * @property {boolean} filled whether the area below is tinted
 */

/**
 * @typedef {object} View
 * @property {number} from first month shown
 * @property {number} to last month shown
 * @property {boolean} zero whether the value axis starts at zero
 */

/**
 * @typedef {object} ChartEvents
 * @property {(month: number) => void} pointed the cursor stands on a month
 * @property {(from: number, to: number) => void} zoomed a stretch of months was marked
 */

/**
 * A chart inside an element. `show` draws lines, `point` moves the cursor, `restyle` takes up other colours.
 * @param {HTMLElement} host
 * @param {number} heightShare height in parts of the usual one
 * @param {ChartEvents} events
 */
export function createChart(host, heightShare, events) {
  /** @type {uPlot | undefined} */
  let plot;
  let drawn = '';
  /** @type {Line[]} */
  let lines = [];
  /** @type {View} */
  let view = { from: 0, to: 289, zero: true };

  const size = () => {
    const width = Math.max(200, host.clientWidth);
    return { width, height: Math.round((width < NARROW_PX ? 200 : 280) * heightShare) };
  };

  function build() {
    plot?.destroy();
    plot = new uPlot(
      options(
        lines,
        size(),
        () => view,
        () => lines,
        events,
      ),
      columns(lines),
      host,
    );
  }

  new ResizeObserver(() => {
    if (plot && host.clientWidth > 0 && plot.width !== size().width) plot.setSize(size());
  }).observe(host);

  return {
    /** @param {Line[]} newLines @param {View} newView */
    show(newLines, newView) {
      lines = newLines;
      view = newView;
      const wanted = JSON.stringify(lines.map(({ name, style }) => [name, style]));
      if (plot && wanted === drawn) plot.setData(columns(lines));
      else build();
      drawn = wanted;
    },
    /** @param {number} month */
    point(month) {
      plot?.setCursor({ left: plot.valToPos(month, 'x'), top: -10 }, false);
    },
    restyle() {
      if (plot) build();
    },
  };
}

/** @param {Line[]} lines @returns {uPlot.AlignedData} */
function columns(lines) {
  const months = (lines[0]?.values ?? []).map((_, month) => month);
  return [months, ...lines.map(({ values }) => values)];
}

/**
 * @param {Line[]} lines
 * @param {{ width: number, height: number }} size
 * @param {() => View} viewNow
 * @param {() => Line[]} linesNow
 * @param {ChartEvents} events
 * @returns {uPlot.Options}
 */
function options(lines, size, viewNow, linesNow, events) {
  return {
    ...size,
    legend: { show: false },
    padding: [10, 18, 0, 0],
    focus: { alpha: 0.3 },
    cursor: {
      y: false,
      focus: { prox: 24 },
      drag: { x: true, y: false, setScale: false },
      points: { size: 7 },
    },
    scales: {
      x: { time: false, range: () => [viewNow().from, Math.max(viewNow().to, viewNow().from + 1)] },
      y: { range: () => valueRange(linesNow(), viewNow()) },
    },
    axes: axes(size.width, linesNow),
    series: [{}, ...lines.map(seriesOf)],
    hooks: {
      drawClear: [(plot) => shadeUnknown(plot, linesNow())],
      setCursor: [(plot) => report(plot, events)],
      setSelect: [(plot) => select(plot, events)],
    },
  };
}

/** @param {Line} line @returns {uPlot.Series} */
function seriesOf({ name, style, filled }) {
  return {
    label: name,
    stroke: style.colour,
    ...(filled && { fill: variable('--area') }),
    width: 1.75,
    dash: style.dash,
    spanGaps: false,
    points: { show: false },
  };
}

/** @param {number} width @param {() => Line[]} linesNow @returns {uPlot.Axis[]} */
function axes(width, linesNow) {
  const isEmpty = () => linesNow().every(({ values }) => values.every((value) => value == null));
  const shared = {
    stroke: variable('--ink-soft'),
    font: '12px system-ui, sans-serif',
    ticks: { show: false },
  };
  const grid = { stroke: variable('--rule'), width: 1 };
  return [
    {
      ...shared,
      space: width < NARROW_PX ? 44 : 56,
      incrs: [1, 2, 3, 6, 12, 24, 48, 60, 120],
      values: (_, months) =>
        months.map((month) => (Number.isInteger(month) ? monthTick(month) : '')),
      size: 30,
      grid: { show: false },
    },
    {
      ...shared,
      size: 52,
      space: 40,
      values: (_, values) => values.map((value) => (isEmpty() ? '' : shortNumber(value))),
      grid,
    },
  ];
}

/**
 * The value axis for what is in view. One that does not start at zero leaves out months that are still being counted,
 * whose low sums would flatten everything else.
 * @param {Line[]} lines
 * @param {View} view
 * @returns {[number, number]}
 */
function valueRange(lines, { from, to, zero }) {
  const all = lines.flatMap((line) => valuesIn(line, from, to, true));
  const whole = zero ? [] : lines.flatMap((line) => valuesIn(line, from, to, false));
  const values = whole.length > 0 ? whole : all;
  if (values.length === 0) return [0, 1];
  const high = Math.max(...values);
  if (zero) return [0, Math.max(1, high * 1.06)];
  const low = Math.min(...values);
  const margin = Math.max(1, (high - low) * 0.06);
  return [Math.max(0, low - margin), high + margin];
}

/** Known values of a stretch. @param {Line} line @param {number} from @param {number} to @param {boolean} withPartly */
function valuesIn({ values, partly }, from, to, withPartly) {
  /** @type {number[]} */
  const found = [];
  for (let month = from; month <= to; month++) {
    const value = values[month];
    if (value != null && (withPartly || !partly[month])) found.push(value);
  }
  return found;
}

/** Shades months of which a line's value is unknown, so that a gap is not taken for nothing. @param {uPlot} plot @param {Line[]} lines */
function shadeUnknown(plot, lines) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = variable('--unknown');
  for (const [first, last] of unknownStretches(lines)) {
    const left = plot.valToPos(first - 0.5, 'x', true);
    const right = plot.valToPos(last + 0.5, 'x', true);
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

/** First and last month of each stretch in which a line's value is unknown. @param {Line[]} lines */
function unknownStretches(lines) {
  /** @type {[number, number][]} */
  const stretches = [];
  const months = lines[0]?.values.length ?? 0;
  for (let month = 0; month < months; month++) {
    if (!lines.some(({ values }) => values[month] === null)) continue;
    const last = stretches.at(-1);
    if (last?.[1] === month - 1) last[1] = month;
    else stretches.push([month, month]);
  }
  return stretches;
}

/** @param {uPlot} plot @param {ChartEvents} events */
function report(plot, events) {
  const { idx, event } = plot.cursor;
  if (idx != null && event) events.pointed(idx);
}

/** @param {uPlot} plot @param {ChartEvents} events */
function select(plot, events) {
  const { left, width } = plot.select;
  if (width < 4) return;
  const from = Math.round(plot.posToVal(left, 'x'));
  const to = Math.round(plot.posToVal(left + width, 'x'));
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (to > from) events.zoomed(Math.max(0, from), Math.min(289, to));
}
