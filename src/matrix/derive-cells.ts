/** Makes cells of the matrix of what was predicted and of what was seen of their run keys. */

import type { RolloutVerdict } from '../experiment/experiment.ts';
import type { Cell } from '../experiment/planner/cells.ts';
import { cellOf, predictCell, runKey } from '../experiment/planner/cells.ts';
import type { Prediction } from '../experiment/prediction.ts';
import type { MatrixCell } from '../history/matrix.ts';
import type { CellResult } from './cell-result.ts';

/** A cell, and what its observed word rests on. */
export interface ObservedCell extends MatrixCell {
  /**
   * Where it is known from what the data suffer, or would suffer: `run`; of a refused cell the id of its twin under NONE, or
   * `prediction` where that was not run; null while nothing was observed.
   */
  readonly dataFrom: string | null;
  /** Folder of the run; null where there is none. */
  readonly run: string | null;
}

/** Every cell with its words; a cell whose key has no result is not observed. */
export function deriveCells(
  cells: readonly Cell[],
  results: readonly CellResult[],
): readonly ObservedCell[] {
  const byKey = new Map(results.map((result) => [result.key, result]));
  return cells.map((cell) => deriveCell(cell, byKey));
}

function deriveCell(cell: Cell, byKey: ReadonlyMap<string, CellResult>): ObservedCell {
  const { pair, strategy, order, compatibility: mode, style } = cell;
  const prediction = predictCell(cell);
  const axes = { pair, strategy, order, mode, style, predicted: prediction.verdict };
  const result = byKey.size === 0 ? undefined : byKey.get(runKey(cell));
  if (result === undefined) {
    const finding = predictedFinding(prediction);
    const nothing = { observed: null, agrees: true, sameAs: null, dataFrom: null, run: null };
    return { ...axes, ...nothing, finding };
  }
  const { observed, dataFrom } = wordOf(cell, result, prediction, byKey);
  const sameAs = result.cell === cell.id ? null : result.cell;
  const agrees = observed === prediction.verdict;
  return { ...axes, observed, agrees, finding: result.finding, sameAs, dataFrom, run: result.run };
}

function wordOf(
  cell: Cell,
  { refused, data }: CellResult,
  prediction: Prediction,
  byKey: ReadonlyMap<string, CellResult>,
): { readonly observed: RolloutVerdict; readonly dataFrom: string } {
  if (data === 'inconclusive') return { observed: 'inconclusive', dataFrom: 'run' };
  if (refused && data === 'safe') return refusedWord(cell, prediction, byKey);
  if (data === 'safe') return { observed: 'safe', dataFrom: 'run' };
  // An outage is no affair of the registry, which does not let harm pass that comes after its refusal either.
  const isUnasked = refused || data === 'outage' || cell.compatibility === 'NONE';
  return { observed: isUnasked ? 'unsafe' : 'accepted-but-unsafe', dataFrom: 'run' };
}

/** Whether a refused rollout would have been safe is seen in its twin under NONE, where nobody was asked. */
function refusedWord(
  { pair, strategy, order, style }: Cell,
  prediction: Prediction,
  byKey: ReadonlyMap<string, CellResult>,
): { readonly observed: RolloutVerdict; readonly dataFrom: string } {
  const word = (isSafe: boolean) => (isSafe ? 'rejected-but-safe' : 'rejected');
  const twin = cellOf({ pair, strategy, order, style, compatibility: 'NONE' });
  const seen = byKey.get(runKey(twin));
  if (seen === undefined || seen.refused || seen.data === 'inconclusive') {
    return { observed: word(prediction.findings.length === 0), dataFrom: 'prediction' };
  }
  return { observed: word(seen.data === 'safe'), dataFrom: twin.id };
}

function predictedFinding({ findings, registrations }: Prediction): string | null {
  const refusal = registrations.find(({ accepted }) => !accepted);
  return findings[0]?.why ?? refusal?.reasons[0] ?? null;
}
