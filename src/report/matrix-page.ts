/** The matrix as a page: predicted beside observed for every cell, disagreements first, each cell with its counterexample. */

import type { RolloutVerdict } from '../experiment/experiment.ts';
import type { MatrixCell } from '../history/matrix.ts';
import { matrixCellId } from '../history/matrix.ts';
import type { Html } from './html.ts';
import { embeddedJson, html, trusted } from './html.ts';
import { disagreementList, matrixTables } from './matrix-tables.ts';
import { file, page, scriptText } from './report-page.ts';
import { grouped, marks, plural, verdictWords } from './words.ts';

/** Axes that cells are filtered by, with the names of people for them. */
const filters = [
  ['pair', 'Versions'],
  ['strategy', 'Strategy'],
  ['order', 'Order'],
  ['mode', 'Compatibility'],
  ['style', 'Schema style'],
] as const;

/** The page; `about` is a line on where the observations come from. */
export function matrixPage(cells: readonly MatrixCell[], about = ''): string {
  const observed = cells.filter((cell) => cell.observed !== null);
  const wrong = observed.filter(({ agrees }) => !agrees);
  const tone = wrong.length > 0 ? 'bad' : observed.length < cells.length ? 'open' : 'good';
  const body = [
    html`<main><p class="top"><b>Cutover</b> <span>${about}</span></p>
    <header class="answer ${tone}"><p class="eyebrow">Question</p>
      <h1>Is every way to upgrade as safe, or as unsafe, as the planner says?</h1>
      <p class="verdict" id="verdict"><span class="mark" aria-hidden="true">${marks[tone]}</span> <strong>${answerOf(cells.length, observed.length, wrong.length)}</strong></p>
      <p class="summary">${summaryOf(cells)}</p></header>`,
    disagreementList(wrong),
    legend(cells),
    filterForm(cells),
    matrixTables(cells),
    html`<dialog id="cell" aria-labelledby="cell-title"><h2 id="cell-title"></h2><div id="cell-body"></div>
      <form method="dialog"><button>Close</button></form></dialog></main>`,
    embeddedJson('matrix-data', {
      cells: cells.map((cell) => ({ ...cell, id: matrixCellId(cell) })),
      words: verdictWords,
    }),
    html`<script type="module">${trusted(scriptText(file('matrix.js')))}</script>`,
  ];
  return page('Matrix of upgrades — Cutover', body, 'matrix.css');
}

function answerOf(all: number, observed: number, wrong: number): string {
  if (wrong > 0) return `${plural(wrong, 'cell')} came out otherwise than predicted`;
  if (observed === 0) return `${grouped(all)} cells predicted, none observed yet`;
  if (observed < all)
    return `${grouped(observed)} of ${grouped(all)} cells observed, all as predicted`;
  return `All ${grouped(all)} cells as predicted`;
}

function summaryOf(cells: readonly MatrixCell[]): string {
  const same = cells.filter(({ sameAs }) => sameAs !== null).length;
  const counted = Object.keys(verdictWords).flatMap((word) => {
    const count = cells.filter(({ predicted }) => predicted === word).length;
    return count === 0 ? [] : [`${grouped(count)} ${word}`];
  });
  const run =
    same === 0
      ? ''
      : ` ${plural(same, 'cell')} come out identical to another one and were run with it.`;
  return `Predicted: ${counted.join(', ')}.${run}`;
}

function legend(cells: readonly MatrixCell[]): Html {
  const used = new Set<RolloutVerdict>(
    cells.flatMap(({ predicted, observed }) =>
      observed === null ? [predicted] : [predicted, observed],
    ),
  );
  return html`<ul class="legend matrix-legend">${[...used].map((word) => {
    const { text, tone } = verdictWords[word];
    return html`<li><span class="cell-mark ${tone} is-${word}" aria-hidden="true"></span> ${text}</li>`;
  })}<li><span class="cell-mark unseen" aria-hidden="true"></span> predicted, not observed (dashed)</li>
    <li><span class="cell-mark differs" aria-hidden="true">≠</span> observed otherwise than predicted</li></ul>`;
}

function filterForm(cells: readonly MatrixCell[]): Html {
  return html`<form class="filters" id="filters" aria-label="Filter">${filters.map(
    ([axis, title]) => {
      const values = [...new Set(cells.map((cell) => cell[axis]))];
      return html`<label>${title} <select name="${axis}"><option value="">all</option>${values.map((value) => html`<option>${value}</option>`)}</select></label>`;
    },
  )}<label>Verdict <select name="verdict"><option value="">all</option>${Object.entries(verdictWords).map(([word, { text }]) => html`<option value="${word}">${text}</option>`)}</select></label>
    <label class="check"><input type="checkbox" name="differs"> disagreements only</label>
    <output id="shown">${plural(cells.length, 'cell')}</output></form>`;
}
