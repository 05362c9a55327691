/** The exit code of a matrix. */

import type { MatrixCell } from '../history/matrix.ts';

/** 1 where an observed cell is another one than predicted, else 2 where one is inconclusive, else 0. */
export function exitCodeOfMatrix(cells: readonly MatrixCell[]): 0 | 1 | 2 {
  const isOpen = ({ observed }: MatrixCell) => observed === 'inconclusive';
  if (cells.some((cell) => !cell.agrees && !isOpen(cell))) return 1;
  return cells.some((cell) => !cell.agrees && isOpen(cell)) ? 2 : 0;
}
