/** The matrix as lines for a terminal: a block for each pair, strategy and order, and a list of what is not as predicted. */

import type { RolloutVerdict } from '../../experiment/experiment.ts';
import type { MatrixCell } from '../../history/matrix.ts';
import { matrixCellId } from '../../history/matrix.ts';

const short: Readonly<Record<RolloutVerdict, string>> = {
  safe: 'ok',
  unsafe: 'U',
  'accepted-but-unsafe': 'AU',
  rejected: 'R',
  'rejected-but-safe': 'RS',
  inconclusive: '?',
};

const COLUMN = 9;

/** The lines, the legend first. */
export function matrixTable(cells: readonly MatrixCell[]): readonly string[] {
  return [...legend(), ...blocksOf(cells).flatMap(block), '', ...summary(cells)];
}

/** One line on how far prediction and observation agree, and each cell where they do not. */
function summary(cells: readonly MatrixCell[]): readonly string[] {
  const observed = cells.filter((cell) => cell.observed !== null);
  const others = observed.filter(({ agrees }) => !agrees);
  const runs = observed.filter(({ sameAs }) => sameAs === null).length;
  const how = observed.length === 0 ? '' : ` (${runs} run themselves), ${others.length} otherwise`;
  return [
    `${cells.length} cells predicted, ${observed.length} observed${how}`,
    ...others.flatMap((cell) => {
      const line = `  ≠ ${matrixCellId(cell)}: predicted ${cell.predicted}, observed ${cell.observed}`;
      return cell.finding === null ? [line] : [line, `    ${cell.finding}`];
    }),
  ];
}

function legend(): readonly string[] {
  const words = Object.entries(short).map(([word, letters]) => `${letters} ${word}`);
  return [
    `  ${words.join(' · ')}`,
    '  (in brackets) predicted, not observed · predicted≠observed · _T: _TRANSITIVE',
  ];
}

function blocksOf(cells: readonly MatrixCell[]): readonly (readonly MatrixCell[])[] {
  const nameOf = ({ pair, strategy, order }: MatrixCell) => `${pair} ${strategy} ${order}`;
  return [...Map.groupBy(cells, nameOf).values()];
}

function block(cells: readonly MatrixCell[]): readonly string[] {
  const [first] = cells;
  if (first === undefined) return [];
  const modes = [...new Set(cells.map(({ mode }) => mode))];
  const styles = [...new Set(cells.map(({ style }) => style))];
  const row = (title: string, texts: readonly string[]) =>
    `  ${[title.padEnd(COLUMN + 2), ...texts.map((text) => text.padEnd(COLUMN + 1))].join('').trimEnd()}`;
  return [
    '',
    `${first.pair}, ${first.strategy}, ${first.order}`,
    row(
      '',
      modes.map((mode) => mode.replace('_TRANSITIVE', '_T').replace('WARD', 'W')),
    ),
    ...styles.map((style) =>
      row(
        style,
        modes.map((mode) => mark(cells.find((cell) => cell.mode === mode && cell.style === style))),
      ),
    ),
  ];
}

function mark(cell: MatrixCell | undefined): string {
  if (cell === undefined) return '';
  const { predicted, observed, agrees } = cell;
  if (observed === null) return `(${short[predicted]})`;
  return agrees ? short[observed] : `${short[predicted]}≠${short[observed]}`;
}
