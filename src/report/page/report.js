/** Draws the charts of a report with uPlot: lines and bands by version, marks of what happened on all of them, one moment shown in all. */

/**
 * @typedef {object} Series
 * @property {string} name
 * @property {string | null} version
 * @property {'line' | 'asked' | 'total' | 'second'} style
 * @property {(number | null)[]} values
 */

/**
 * @typedef {object} Chart
 * @property {string} id
 * @property {string} unit
 * @property {'lines' | 'bands'} kind
 * @property {number} atLeast
 * @property {number[]} seconds
 * @property {Series[]} series
 */

/**
 * @typedef {object} Mark
 * @property {number} from seconds
 * @property {number} to seconds; the same as `from` for a moment
 * @property {'step' | 'good' | 'bad' | 'open' | 'fault'} kind of what is on charts
 */

/** @typedef {import('uplot')} Plot */

/** @typedef {{ endSeconds: number, versions: string[], charts: Chart[], marks: Mark[] }} PageData */

const AXIS_PX = 58;
const HEIGHT_PX = 170;
const NARROW_PX = 420;
/** Dashes by place of a version, in pixels. */
const DASHES = [[], [9, 4], [2, 3], [10, 3, 2, 3]];

const data = /** @type {PageData} */ (JSON.parse(element('report-data').textContent ?? '{}'));
/** @type {{ chart: Chart, plot: Plot, host: HTMLElement }[]} */
let drawn = [];
/** Seconds pointed at; undefined until somebody points. @type {number | undefined} */
let pointed;

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** A custom property of the style sheet. @param {string} name */
function variable(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Colour and dash of a series. @param {Series} series */
function look({ version, style }) {
  const place = version === null ? -1 : data.versions.indexOf(version);
  if (place >= 0)
    return { colour: variable(`--version-${(place % 3) + 1}`), dash: DASHES[place % 4] };
  if (style === 'asked') return { colour: variable('--ink'), dash: [5, 4] };
  if (style === 'total') return { colour: variable('--ink-soft'), dash: [2, 3] };
  if (style === 'second') return { colour: variable('--second'), dash: [6, 3] };
  return { colour: variable('--first'), dash: [] };
}

/** Fill of a band: each version has a pattern of its own beside its colour. @param {Series} series */
function pattern(series) {
  const { colour } = look(series);
  const place = series.version === null ? 3 : data.versions.indexOf(series.version) % 3;
  const tile = document.createElement('canvas');
  const size = 12;
  tile.width = size;
  tile.height = size;
  const context = /** @type {CanvasRenderingContext2D} */ (tile.getContext('2d'));
  context.globalAlpha = 0.3;
  context.fillStyle = colour;
  context.fillRect(0, 0, size, size);
  context.globalAlpha = 0.9;
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const [fromX, fromY, toX, toY] of strokes(place, size)) {
    context.moveTo(fromX, fromY);
    context.lineTo(toX, toY);
  }
  context.stroke();
  return context.createPattern(tile, 'repeat') ?? colour;
}

/** @param {number} place @param {number} size @returns {[number, number, number, number][]} */
function strokes(place, size) {
  const rising = /** @type {[number, number, number, number]} */ ([-1, size + 1, size + 1, -1]);
  const falling = /** @type {[number, number, number, number]} */ ([-1, -1, size + 1, size + 1]);
  if (place === 0) return [];
  if (place === 1) return [rising, [-1, 1, 1, -1], [size - 1, size + 1, size + 1, size - 1]];
  if (place === 2) return [[0, size / 2, size, size / 2]];
  return [rising, falling];
}

/** What uPlot draws: bands are stacked from the last to the first. @param {Chart} chart */
function columns({ kind, seconds, series }) {
  if (kind === 'lines') return [seconds, ...series.map(({ values }) => values)];
  const sums = seconds.map(() => 0);
  const stacked = series.map(({ values }) =>
    values.map((value, at) => {
      sums[at] = (sums[at] ?? 0) + (value ?? 0);
      return sums[at] ?? 0;
    }),
  );
  return [seconds, ...stacked.toReversed()];
}

/** @param {Chart} chart @param {number} width */
function options(chart, width) {
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const isBands = chart.kind === 'bands';
  const series = isBands ? chart.series.toReversed() : chart.series;
  const top = Math.max(
    chart.atLeast,
    ...columns(chart)
      .slice(1)
      .flat()
      .map((value) => value ?? 0),
  );
  return {
    ...{ width, height: HEIGHT_PX, padding: [16, 10, 0, 0], legend: { show: false } },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: false, range: () => [0, data.endSeconds] },
      y: { range: () => [0, isBands ? top : top * 1.08] },
    },
    axes: axes(chart, width),
    series: [
      {},
      ...series.map((each) => ({
        label: each.name,
        stroke: look(each).colour,
        dash: isBands ? [] : look(each).dash,
        width: isBands ? 1 : 2,
        fill: isBands ? () => pattern(each) : undefined,
        paths: isBands || each.style === 'asked' ? stepped : undefined,
        points: { show: false },
      })),
    ],
    // Each band is filled down to the one below it only, so that no pattern lies over another.
    bands: isBands ? series.slice(1).map((_, at) => ({ series: [at + 1, at + 2] })) : [],
    hooks: { drawClear: [drawMarks], setCursor: [(/** @type {Plot} */ plot) => follow(plot)] },
  };
}

/** @param {Chart} chart @param {number} width */
function axes(chart, width) {
  const shared = {
    ...{ stroke: variable('--ink-soft'), font: '12px system-ui, sans-serif' },
    ticks: { show: false },
  };
  const wholeOnly = chart.kind === 'bands' ? { incrs: [1, 2, 5, 10, 50, 100] } : {};
  return [
    {
      ...{ ...shared, size: 26, space: width < NARROW_PX ? 44 : 60, grid: { show: false } },
      values: (/** @type {unknown} */ _, /** @type {number[]} */ ticks) =>
        ticks.map((tick) => `${tick} s`),
    },
    {
      ...{ ...shared, ...wholeOnly, size: AXIS_PX, space: 34 },
      grid: { stroke: variable('--rule'), width: 1 },
      values: (/** @type {unknown} */ _, /** @type {number[]} */ ticks) => ticks.map(short),
    },
  ];
}

/** A short number for an axis. @param {number} value */
function short(value) {
  const compact = { notation: 'compact', maximumFractionDigits: 1 };
  return new Intl.NumberFormat('en', /** @type {Intl.NumberFormatOptions} */ (compact)).format(
    value,
  );
}

/** Steps are thin lines, faults shaded, words of gates and decisions thick lines with their mark. @param {Plot} plot */
function drawMarks(plot) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const glyphs = { good: '✔', bad: '✖', open: '?', fault: '', step: '' };
  ctx.save();
  for (const { from, to, kind } of data.marks) {
    const left = plot.valToPos(from, 'x', true);
    ctx.strokeStyle = variable(kind === 'step' ? '--rule-strong' : `--${kind}`);
    ctx.fillStyle = kind === 'fault' ? variable('--fault-shade') : ctx.strokeStyle;
    if (kind === 'fault') {
      const width = Math.max(2, plot.valToPos(to, 'x', true) - left);
      ctx.fillRect(left, bbox.top, width, bbox.height);
      continue;
    }
    ctx.lineWidth = (kind === 'step' ? 1 : 1.5) * ratio;
    ctx.setLineDash(kind === 'step' ? [2 * ratio, 3 * ratio] : []);
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bbox.top + bbox.height);
    ctx.stroke();
    ctx.font = `${11 * ratio}px system-ui, sans-serif`;
    ctx.textAlign = 'center';
    ctx.fillText(glyphs[kind], left, bbox.top - 4 * ratio);
  }
  ctx.restore();
}

/** A pointer over one chart moves the moment of all. @param {Plot} plot */
function follow(plot) {
  const { left, event } = plot.cursor;
  if (!event || left === undefined || left < 0) return;
  point(plot.posToVal(left, 'x'), plot);
}

/** Shows one moment everywhere. @param {number} seconds @param {Plot} [source] */
function point(seconds, source) {
  const moment = Math.min(data.endSeconds, Math.max(0, seconds));
  pointed = moment;
  for (const { chart, plot, host } of drawn) {
    const at = nearest(chart.seconds, moment);
    if (plot !== source) plot.setCursor({ left: plot.valToPos(moment, 'x'), top: 10 }, false);
    const values = host.closest('figure')?.querySelectorAll('.value') ?? [];
    for (const [index, { values: all }] of chart.series.entries()) {
      const cell = values[index];
      if (cell) cell.textContent = text(all[at] ?? null, chart.unit);
    }
  }
  const slider = /** @type {HTMLInputElement} */ (element('moment'));
  slider.value = String(moment);
  slider.setAttribute('aria-valuetext', `${moment.toFixed(1)} seconds`);
  element('moment-text').textContent = `${moment.toFixed(1)} s`;
}

/** @param {number | null} value @param {string} unit */
function text(value, unit) {
  if (value === null) return '–';
  const digits = unit === 'partitions' || value >= 100 ? 0 : 1;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** Index of the last that is not after the moment. @param {number[]} all @param {number} seconds */
function nearest(all, seconds) {
  const after = all.findIndex((each) => each > seconds + 1e-6);
  return Math.max(0, (after < 0 ? all.length : after) - 1);
}

function draw() {
  for (const { plot } of drawn) plot.destroy();
  drawn = data.charts.map((chart) => {
    const host = element(`plot-${chart.id}`);
    const width = Math.max(200, host.clientWidth);
    const plot = new uPlot(
      /** @type {import('uplot').Options} */ (/** @type {unknown} */ (options(chart, width))),
      /** @type {import('uplot').AlignedData} */ (/** @type {unknown} */ (columns(chart))),
      host,
    );
    return { chart, plot, host };
  });
  if (pointed !== undefined) point(pointed);
}

function resize() {
  for (const { plot, host } of drawn) {
    if (host.clientWidth > 0 && plot.width !== host.clientWidth) {
      plot.setSize({ width: Math.max(200, host.clientWidth), height: HEIGHT_PX });
    }
  }
}

if (data.charts.length > 0) {
  draw();
  new ResizeObserver(resize).observe(element('charts'));
  element('moment').addEventListener('input', (event) => {
    point(Number(/** @type {HTMLInputElement} */ (event.target).value));
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  // Paper is white, whatever the screen is.
  const onPaper = (/** @type {boolean} */ is) => {
    document.documentElement.classList.toggle('on-paper', is);
    draw();
  };
  addEventListener('beforeprint', () => onPaper(true));
  addEventListener('afterprint', () => onPaper(false));
}

const copy = document.getElementById('copy');
copy?.addEventListener('click', async () => {
  await navigator.clipboard.writeText(element('replay').textContent ?? '');
  copy.textContent = 'Copied';
});
