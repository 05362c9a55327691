/** Observes cells of the matrix: one run for all cells that cannot be told apart, one after the other. */

import type { Experiment } from './experiment/experiment.ts';
import type { Cell } from './experiment/planner/cells.ts';
import { runKey } from './experiment/planner/cells.ts';
import type { CellResult } from './matrix/cell-result.ts';
import { seenIn } from './matrix/cell-result.ts';
import { matrixExperiment } from './matrix/matrix-experiment.ts';
import type { RunEnd } from './run.ts';

/** How to observe. */
export interface ObserveOptions {
  /** Records of each run, at least. */
  readonly records: number;
  /** Results that are there already. */
  readonly earlier: readonly CellResult[];
  readonly interrupt: AbortSignal;
  /** Runs one experiment. */
  readonly run: (experiment: Experiment, cell: Cell) => Promise<Pick<RunEnd, 'folder' | 'verdict'>>;
  /** Told each result as it comes. */
  readonly keep: (result: CellResult, progress: MatrixProgress) => Promise<void>;
}

/** How far a matrix is. */
export interface MatrixProgress {
  /** Runs that are done, of all runs, those before a resume included. */
  readonly done: number;
  readonly of: number;
  /** Reckoned from the runs so far. */
  readonly secondsLeft: number;
}

/** Where so many runs in a row break off, the next will, too. */
const BROKEN_IN_A_ROW = 3;

/** Resolves with the results of all run keys of the cells; rejects when interrupted, and where run after run breaks off. */
export async function observeCells(
  cells: readonly Cell[],
  options: ObserveOptions,
): Promise<readonly CellResult[]> {
  const { earlier, interrupt, keep } = options;
  const results = new Map(earlier.map((result) => [result.key, result]));
  const due = cellsToRun(cells);
  const open = [...due].filter(([key]) => !results.has(key));
  const before = due.size - open.length;
  let [seconds, broken] = [0, 0];
  for (const [index, [key, cell]] of open.entries()) {
    interrupt.throwIfAborted();
    const { result, error } = await observe(key, cell, options);
    broken = error === undefined ? 0 : broken + 1;
    if (broken === BROKEN_IN_A_ROW) throw error;
    results.set(key, result);
    seconds += result.seconds;
    const secondsLeft = (seconds / (index + 1)) * (open.length - index - 1);
    await keep(result, { done: before + index + 1, of: due.size, secondsLeft });
  }
  return [...results.values()];
}

/** Run keys of the cells, each with the cell that is run for it: the one under the strictest mode, so that a real registry is asked. */
export function cellsToRun(cells: readonly Cell[]): ReadonlyMap<string, Cell> {
  return new Map(cells.map((cell) => [runKey(cell), cell]));
}

async function observe(
  key: string,
  cell: Cell,
  { records, interrupt, run }: ObserveOptions,
): Promise<{ readonly result: CellResult; readonly error?: unknown }> {
  const startMs = performance.now();
  const secondsNow = () => Math.round((performance.now() - startMs) / 100) / 10;
  const about = { key, cell: cell.id, records };
  try {
    const { folder, verdict } = await run(matrixExperiment(cell, records), cell);
    return { result: { ...about, ...seenIn(verdict), run: folder, seconds: secondsNow() } };
  } catch (error) {
    interrupt.throwIfAborted();
    const finding = `The run broke off: ${error instanceof Error ? error.message : String(error)}`;
    const nothing = { refused: false, data: 'inconclusive', finding, run: null } as const;
    return { result: { ...about, ...nothing, seconds: secondsNow() }, error };
  }
}
