/** Predicts every way to go from one version of the application to another, so that the safe ones can be told. */

import type { Compatibility, Order, SchemaStyle, StrategyName } from '../experiment.ts';
import type { Prediction } from '../prediction.ts';
import { axes } from './axes.ts';
import { cellExperiment, cellOf } from './cells.ts';
import { predict } from './predict.ts';

/** What is asked. */
export interface UpgradeQuestion {
  readonly from: string;
  readonly to: string;
  readonly style: SchemaStyle;
  readonly compatibility: Compatibility;
  /** Only this one; all where absent. */
  readonly strategy?: StrategyName;
  readonly order?: Order;
}

/** One way, and what is predicted of it. */
export interface PlannedWay {
  readonly strategy: StrategyName;
  readonly order: Order;
  readonly prediction: Prediction;
}

/** Every way that the question leaves open; stop-all, which has no order to speak of, comes last and once. */
export function planUpgrade(question: UpgradeQuestion): readonly PlannedWay[] {
  const { from, to, style, compatibility } = question;
  const strategies: readonly StrategyName[] = [...axes.strategy, 'stop-all'];
  const ways = strategies.flatMap((strategy) => axes.order.map((order) => ({ strategy, order })));
  return ways
    .filter(({ strategy, order }) => strategy !== 'stop-all' || order === 'consumers-first')
    .filter(({ strategy }) => question.strategy === undefined || strategy === question.strategy)
    .filter(
      ({ strategy, order }) =>
        strategy === 'stop-all' || question.order === undefined || order === question.order,
    )
    .map(({ strategy, order }) => {
      const pair = `${from}-${to}`;
      const cell = cellOf({ pair, strategy, order, compatibility, style });
      return { strategy, order, prediction: predict(cellExperiment(cell)) };
    });
}
