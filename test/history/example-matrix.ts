/** A made-up matrix of all 504 cells, for tests and pictures: predicted by a rule of thumb, observed as a test wants. */

import type { RolloutVerdict } from '../../src/experiment/experiment.ts';
import type { MatrixCell } from '../../src/history/matrix.ts';

const pairs = ['v1-v2', 'v2-v3', 'v1-v3'];
const strategies = ['rolling', 'canary', 'blue-green'] as const;
const orders = ['consumers-first', 'producers-first'] as const;
const modes = [
  ...(['NONE', 'BACKWARD', 'BACKWARD_TRANSITIVE', 'FORWARD'] as const),
  ...(['FORWARD_TRANSITIVE', 'FULL', 'FULL_TRANSITIVE'] as const),
];
const styles = ['optional', 'defaulted', 'required', 'tightened'] as const;

/** Every cell; `observe` says what came out of the one of that number. */
export function exampleMatrix(
  observe: (predicted: RolloutVerdict, number: number) => RolloutVerdict | null = (word) => word,
): readonly MatrixCell[] {
  const axes = pairs.flatMap((pair) =>
    strategies.flatMap((strategy) =>
      orders.flatMap((order) =>
        modes.flatMap((mode) => styles.map((style) => ({ pair, strategy, order, mode, style }))),
      ),
    ),
  );
  return axes.map((cell, number) => {
    const predicted = predict(cell);
    const observed = observe(predicted, number);
    const agrees = observed === null || observed === predicted;
    const finding = predicted === 'safe' ? null : `mis-aggregated: a <field> of ${cell.pair} is 0`;
    return { ...cell, predicted, observed, agrees, finding, sameAs: null };
  });
}

function predict({ mode, style }: Pick<MatrixCell, 'mode' | 'style'>): RolloutVerdict {
  if (style === 'optional') return 'safe';
  if (mode === 'NONE') return 'unsafe';
  if (style === 'required' && mode !== 'FORWARD') return 'rejected';
  return style === 'tightened' ? 'rejected-but-safe' : 'accepted-but-unsafe';
}
