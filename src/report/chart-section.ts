/** The charts of a report: a figure each, with its legend and the same as a table. */

import type { Chart, Series } from './chart.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';

/** Most rows of a table; longer ones are thinned out. */
const MOST_ROWS = 40;

/** The section; nothing where the run has no measurements. */
export function chartSection(
  charts: readonly Chart[],
  versions: readonly string[],
  endSeconds: number,
): Html | null {
  if (charts.length === 0) return null;
  return html`<section aria-labelledby="charts-title"><h2 id="charts-title">Measured</h2>
    <div class="moment"><label for="moment">Moment</label>
      <input type="range" id="moment" min="0" max="${endSeconds}" step="0.1" value="${endSeconds}">
      <output for="moment" id="moment-text">move to read values</output></div>
    <p class="by">Dotted lines are steps; lines with ✔ ✖ ? are decisions and gates; shaded stretches are faults.</p>
    <div class="charts" id="charts">${charts.map((chart) => figure(chart, versions))}</div></section>`;
}

function figure(chart: Chart, versions: readonly string[]): Html {
  const { id, title, unit, note, series } = chart;
  return html`<figure><figcaption><h3>${title} <span class="by">${unit}</span></h3><p class="by">${note}</p></figcaption>
    <ul class="legend">${series.map((each) => html`<li>${swatch(each, chart, versions)} ${each.name} <b class="value"></b></li>`)}</ul>
    <div class="plot" id="plot-${id}" role="img" aria-label="${describe(chart)}"></div>
    ${table(chart)}</figure>`;
}

function swatch({ version, style }: Series, { kind }: Chart, versions: readonly string[]): Html {
  const place = version === null ? 'none' : String(versions.indexOf(version) % 3);
  const look = version === null ? style : `v${Number(place) + 1}`;
  const band = kind === 'bands';
  const shape = band
    ? html`<rect x="1" y="1" width="26" height="10"></rect>${hatch(place)}`
    : html`<line x1="1" y1="6" x2="27" y2="6"></line>`;
  return html`<svg class="swatch ${band ? 'band' : 'line'} ${look}" width="28" height="12" viewBox="0 0 28 12" aria-hidden="true">${shape}</svg>`;
}

function hatch(place: string): Html | null {
  const strokes: Record<string, string> = {
    1: 'M3 11 13 1M11 11 21 1M19 11 26 4',
    2: 'M1 6H27',
    none: 'M3 11 13 1M11 11 21 1M3 1 13 11M11 1 21 11',
  };
  const path = strokes[place];
  return path === undefined ? null : html`<path d="${path}"></path>`;
}

/** A chart in a sentence, for who cannot see it. */
function describe({ title, unit, seconds, series }: Chart): string {
  const lines = series.map(({ name, values }) => {
    const known = values.filter((value) => value !== null);
    if (known.length === 0) return `${name}: no values`;
    const [low, high] = [Math.min(...known), Math.max(...known)];
    return `${name}: from ${text(low)} to ${text(high)}, at the end ${text(known.at(-1) ?? 0)}`;
  });
  return `${title}, ${unit}, over ${text(seconds.at(-1) ?? 0)} seconds. ${lines.join('. ')}.`;
}

function table({ title, unit, seconds, series }: Chart): Html {
  const every = Math.max(1, Math.ceil(seconds.length / MOST_ROWS));
  const rows = seconds.flatMap((second, at) => {
    if (at % every !== 0 && at !== seconds.length - 1) return [];
    const cells = series.map(({ values }) => html`<td>${text(values[at] ?? null)}</td>`);
    return [html`<tr><th scope="row">${second.toFixed(1)} s</th>${cells}</tr>`];
  });
  return html`<details><summary>The same as a table<span class="hidden">: ${title}, ${unit}</span></summary>
    <div class="scroll" tabindex="0" role="region" aria-label="${title}, ${unit}"><table><caption>${title}, ${unit}</caption>
    <thead><tr><th scope="col">Time</th>${series.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${rows}</tbody></table></div></details>`;
}

function text(value: number | null): string {
  if (value === null) return '–';
  return value.toLocaleString('en-US', { maximumFractionDigits: value >= 100 ? 0 : 1 });
}
