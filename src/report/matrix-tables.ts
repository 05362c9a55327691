/** The tables of the matrix: one for each pair of versions, ways to roll out as rows, what the registry and the schema say as columns. */

import type { MatrixCell } from '../history/matrix.ts';
import { matrixCellId } from '../history/matrix.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import { verdictWords } from './words.ts';

/** The tables. */
export function matrixTables(cells: readonly MatrixCell[]): readonly Html[] {
  const byId = new Map(cells.map((cell) => [matrixCellId(cell), cell]));
  return unique(cells, 'pair').map((pair) =>
    pairTable(
      pair,
      cells.filter((cell) => cell.pair === pair),
      byId,
    ),
  );
}

/** Cells that came out otherwise than predicted, each with its finding; nothing where there are none. */
export function disagreementList(wrong: readonly MatrixCell[]): Html | null {
  if (wrong.length === 0) return null;
  return html`<section aria-labelledby="wrong-title"><h2 id="wrong-title">To be explained</h2><div class="findings">${wrong.map(
    (cell) => html`<article class="finding"><h3>${describeCell(cell)}</h3>
      <p>Predicted <b>${verdictWords[cell.predicted].text}</b>, observed <b>${cell.observed === null ? '–' : verdictWords[cell.observed].text}</b>.</p>
      ${cell.finding === null ? null : html`<p>${cell.finding}</p>`}</article>`,
  )}</div></section>`;
}

function describeCell({ pair, strategy, order, mode, style }: MatrixCell): string {
  return `${pair.replace('-', ' → ')}, ${strategy}, ${order}, ${mode}, ${style}`;
}

function unique<Axis extends keyof MatrixCell>(cells: readonly MatrixCell[], axis: Axis) {
  return [...new Set(cells.map((cell) => cell[axis]))];
}

function pairTable(
  pair: string,
  cells: readonly MatrixCell[],
  byId: ReadonlyMap<string, MatrixCell>,
): Html {
  const [modes, styles] = [unique(cells, 'mode'), unique(cells, 'style')];
  const [strategies, orders] = [unique(cells, 'strategy'), unique(cells, 'order')];
  const title = pair.replace('-', ' → ');
  const columns = modes.flatMap((mode) => styles.map((style) => ({ mode, style })));
  const row = (
    strategy: string,
    order: string,
  ) => html`<tr><th scope="row">${strategy}<span class="by"> ${order}</span></th>
    ${columns.map(({ mode, style }) => field(byId.get([pair, strategy, order, mode, style].join('/')), style === styles[0]))}</tr>`;
  return html`<section aria-labelledby="pair-${pair}"><h2 id="pair-${pair}">${title}</h2>
    <div class="scroll wide" tabindex="0" role="region" aria-label="Matrix of ${title}"><table class="matrix">
    <thead><tr><td></td>${modes.map((mode) => html`<th scope="colgroup" colspan="${styles.length}" class="first">${mode.replace('_', ' ')}</th>`)}</tr>
    <tr><td></td>${columns.map(({ style }) => html`<th scope="col" class="style ${style === styles[0] ? 'first' : ''}"><span>${style}</span></th>`)}</tr></thead>
    <tbody>${strategies.flatMap((strategy) => orders.map((order) => row(strategy, order)))}</tbody></table></div></section>`;
}

function field(cell: MatrixCell | undefined, isFirst: boolean): Html {
  const edge = isFirst ? 'first' : '';
  if (cell === undefined) return html`<td class="${edge}"></td>`;
  const { predicted, observed, agrees } = cell;
  const shown = verdictWords[observed ?? predicted];
  const looks = [
    shown.tone,
    `is-${observed ?? predicted}`,
    ...(observed === null ? ['unseen'] : []),
    ...(agrees ? [] : ['differs']),
  ];
  const label = `${describeCell(cell)}: predicted ${verdictWords[predicted].text}, ${observed === null ? 'not observed' : `observed ${shown.text}`}${agrees ? '' : ', which differs'}`;
  return html`<td class="${edge}"><button type="button" class="cell-mark ${looks.join(' ')}" data-id="${matrixCellId(cell)}" aria-label="${label}" tabindex="-1">${agrees ? '' : '≠'}</button></td>`;
}
