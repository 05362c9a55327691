/** The matrix: every cell with what was predicted and what was observed. */

import type {
  Compatibility,
  Order,
  RolloutVerdict,
  SchemaStyle,
  StrategyName,
} from '../experiment/experiment.ts';

/** One cell. */
export interface MatrixCell {
  /** E.g. `v1-v2`. */
  readonly pair: string;
  readonly strategy: StrategyName;
  readonly order: Order;
  readonly mode: Compatibility;
  readonly style: SchemaStyle;
  readonly predicted: RolloutVerdict;
  /** Null while it was not observed. */
  readonly observed: RolloutVerdict | null;
  /** Whether the two are the same; true while nothing was observed. */
  readonly agrees: boolean;
  /** The first finding or counterexample, in words; null where there is none. */
  readonly finding: string | null;
  /** Id of the cell that was run in its place because both come out identical; null where it was run itself. */
  readonly sameAs: string | null;
}

/** E.g. `v1-v2/canary/consumers-first/BACKWARD/optional`. */
export function matrixCellId({ pair, strategy, order, mode, style }: MatrixCell): string {
  return [pair, strategy, order, mode, style].join('/');
}
