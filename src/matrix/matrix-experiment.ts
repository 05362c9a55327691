/** The experiment that a cell of the matrix is observed by: as much as shows every finding, and no more. */

import type { Experiment } from '../experiment/experiment.ts';
import type { Cell } from '../experiment/planner/cells.ts';
import { cellExperiment } from '../experiment/planner/cells.ts';
import { predict } from '../experiment/planner/predict.ts';

/** Two SKUs, which lie in partitions 3 and 1 of four: each version can have one of them. */
export const matrixShape = { skus: 2, partitions: 4 } as const;

/** With two SKUs a smaller share than half would be half, too. */
const STEPS = [50, 100];
/** Two SKUs have 423,648 records in all: at this pace production outlasts the upgrade. */
const RATE_PER_SECOND = 4000;
const RECORDS_BEFORE = 4000;
/** Twice the hours of the longest month for each SKU, so that a whole month begins and ends in each step. */
const BAKE_RECORDS = 3000;

/** A small run of a cell, of at least `records` records, which expects what is predicted of it. */
export function matrixExperiment(cell: Cell, records: number): Experiment {
  const whole = cellExperiment(cell);
  const small: Experiment = {
    ...whole,
    before: whole.before.map(({ version }) => ({ version, records: RECORDS_BEFORE })),
    workload: {
      ...whole.workload,
      ...{ ...matrixShape, records, ratePerSecond: RATE_PER_SECOND },
    },
    upgrades: whole.upgrades.map((upgrade) => ({
      ...upgrade,
      ...{ bakeRecords: BAKE_RECORDS, steps: STEPS },
    })),
  };
  const { verdict, outcome, findings } = predict(small);
  const kinds = [...new Set(findings.map(({ kind }) => kind))];
  const isAccepted = outcome !== 'refused';
  return { ...small, expect: { verdict, outcome, findings: isAccepted ? kinds : [] } };
}
