/** The 504 cells of the matrix: every pair of versions, strategy, order, mode and style. */

import type { Compatibility, Experiment, Order, SchemaStyle, StrategyName } from '../experiment.ts';
import type { Prediction } from '../prediction.ts';
import { rawWriting, summaryWriting, versionNames } from './application.ts';
import { axes } from './axes.ts';
import { predict } from './predict.ts';

/** One cell. */
export interface Cell {
  /** E.g. `v1-v2/canary/consumers-first/BACKWARD/optional`. */
  readonly id: string;
  /** E.g. `v1-v2`. */
  readonly pair: string;
  readonly from: string;
  readonly to: string;
  readonly strategy: StrategyName;
  readonly order: Order;
  readonly compatibility: Compatibility;
  readonly style: SchemaStyle;
}

/** Every cell, in a fixed order. */
export function allCells(): readonly Cell[] {
  return axes.pair.flatMap((pair) =>
    axes.strategy.flatMap((strategy) =>
      axes.order.flatMap((order) =>
        axes.compatibility.flatMap((compatibility) =>
          axes.style.map((style) => cellOf({ pair, strategy, order, compatibility, style })),
        ),
      ),
    ),
  );
}

/** A cell from its axes. */
export function cellOf(
  axis: Pick<Cell, 'pair' | 'strategy' | 'order' | 'compatibility' | 'style'>,
): Cell {
  const { pair, strategy, order, compatibility, style } = axis;
  const [from = '', to = ''] = pair.split('-');
  return { id: [pair, strategy, order, compatibility, style].join('/'), from, to, ...axis };
}

/** The experiment that a cell stands for: versions below the first one have left records in the log. */
export function cellExperiment(cell: Cell): Experiment {
  const { from, to, strategy, order, compatibility, style, id } = cell;
  const below = versionNames.filter((version) => version < from);
  const before = below.map((version) => ({ version, records: 10_000 }));
  const upgrade = { to, strategy, order, build: 'good', rollback: 'none' } as const;
  return {
    name: id.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
    question: `May ${from} become ${to} by ${strategy}, ${order}, with ${style} fields under ${compatibility}?`,
    expect: { verdict: 'safe', outcome: 'promoted', findings: [] },
    before,
    start: from,
    compatibility,
    style,
    workload: {
      skus: 4,
      records: 100_000,
      ratePerSecond: 8000,
      order: 'chronological',
      seed: 1,
      partitions: 6,
    },
    brokers: 1,
    upgrades: [{ ...upgrade, steps: [25, 50, 100], bakeRecords: 10_000 }],
    afterwards: 'nothing',
  };
}

/** What is predicted of a cell. */
export function predictCell(cell: Cell): Prediction {
  return predict(cellExperiment(cell));
}

/**
 * Cells with the same key cannot be told apart by what is seen of their rollout: the same schemas go the same way, and the
 * registry gives the same answers. Only the verdict's word may differ, because under NONE nobody was asked.
 */
export function runKey(cell: Cell): string {
  const { pair, strategy, order } = cell;
  const { registrations } = predictCell(cell);
  const answers = registrations.map(({ subject, accepted }) => `${subject} ${accepted}`);
  return [pair, strategy, order, schemasOf(cell), ...answers].join('/');
}

/** The first style that declares the pair's fields the same way. */
function schemasOf({ pair, style }: Cell): SchemaStyle {
  const versions = pair === 'v2-v3' ? ['v1', 'v2', 'v3'] : pair.split('-');
  const written = (each: SchemaStyle) =>
    JSON.stringify(versions.map((version) => [rawWriting(version, each), summaryWriting(version)]));
  return axes.style.find((each) => written(each) === written(style)) ?? style;
}
