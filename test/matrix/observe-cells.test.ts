/** Tests how cells are observed, with runs that are made up: what is run, what is kept, what breaks off. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import type { Experiment } from '../../src/experiment/experiment.ts';
import type { Cell } from '../../src/experiment/planner/cells.ts';
import { allCells, cellOf, predictCell, runKey } from '../../src/experiment/planner/cells.ts';
import { predict } from '../../src/experiment/planner/predict.ts';
import type { CellResult } from '../../src/matrix/cell-result.ts';
import { matrixExperiment } from '../../src/matrix/matrix-experiment.ts';
import type { MatrixProgress } from '../../src/matrix.ts';
import { cellsToRun, observeCells } from '../../src/matrix.ts';
import { exampleRun } from '../history/example-run.ts';

const canary = allCells().filter(
  ({ pair, strategy, order }) =>
    pair === 'v1-v2' && strategy === 'canary' && order === 'consumers-first',
);

/** Observes cells with made-up runs. */
async function observe(
  cells: readonly Cell[],
  change: Partial<Parameters<typeof observeCells>[1]> = {},
) {
  const ran: Experiment[] = [];
  const kept: CellResult[] = [];
  const progress: MatrixProgress[] = [];
  const results = await observeCells(cells, {
    ...{ records: 5000, earlier: [], interrupt: new AbortController().signal },
    async run(experiment) {
      ran.push(experiment);
      return { folder: experiment.name, verdict: exampleRun('unsafe').verdict };
    },
    async keep(result, how) {
      kept.push(result);
      progress.push(how);
    },
    ...change,
  });
  return { ran, kept, progress, results };
}

suite('the runs of a matrix', () => {
  test('are one for all cells that cannot be told apart, under the strictest mode that passes', async () => {
    const { ran, kept, progress } = await observe(canary);
    assert.equal(ran.length, 4);
    assert.equal(new Set(kept.map(({ key }) => key)).size, 4);
    assert.equal(cellsToRun(canary).get(kept[0]?.key ?? '')?.compatibility, 'FULL_TRANSITIVE');
    assert.deepEqual(
      progress.map(({ done, of }) => [done, of]),
      [1, 2, 3, 4].map((done) => [done, 4]),
    );
    assert.equal(progress.at(-1)?.secondsLeft, 0);
  });

  test('say what was found, and where it is saved', async () => {
    const { results } = await observe(canary.slice(0, 1));
    assert.equal(results[0]?.data, 'unsafe');
    assert.match(results[0]?.finding ?? '', /^Found in the data: mis-aggregated, stale\./);
    assert.match(results[0]?.run ?? '', /^v1-v2-canary-consumers-first-none-optional$/);
  });

  test('leave out what an earlier matrix has', async () => {
    const first = await observe(canary);
    const { ran, results, progress } = await observe(canary, { earlier: first.kept.slice(1) });
    assert.equal(ran.length, 1);
    assert.equal(results.length, 4);
    assert.deepEqual([progress[0]?.done, progress[0]?.of], [4, 4]);
  });

  test('go on after one that breaks off, and end where one after the other does', async () => {
    let number = 0;
    const run = async ({ name }: Experiment) => {
      number++;
      if (number === 2) throw new Error('no room on the disk');
      return { folder: name, verdict: exampleRun('safe').verdict };
    };
    const { kept } = await observe(canary, { run });
    assert.deepEqual(
      kept.map(({ data }) => data),
      ['safe', 'inconclusive', 'safe', 'safe'],
    );
    assert.equal(kept[1]?.finding, 'The run broke off: no room on the disk');
    const broken = observe(canary, { run: () => Promise.reject(new Error('no Kafka')) });
    await assert.rejects(broken, /no Kafka/);
  });

  test('end when interrupted, and keep nothing of the run that was', async () => {
    const interrupt = new AbortController();
    const kept: CellResult[] = [];
    const run = () => {
      interrupt.abort();
      return Promise.reject(new Error('closed'));
    };
    const keep = async (result: CellResult) => {
      kept.push(result);
    };
    const { signal } = interrupt;
    await assert.rejects(observe(canary, { run, keep, interrupt: signal }), { name: 'AbortError' });
    assert.deepEqual(kept, []);
  });
});

suite('the experiment of a cell', () => {
  test('is small, and predicted as the cell is, for every run key', () => {
    const cells = [...cellsToRun(allCells()).values()];
    assert.equal(cells.length, 96);
    for (const cell of cells) {
      const small = matrixExperiment(cell, 20_000);
      assert.equal(predict(small).verdict, predictCell(cell).verdict, cell.id);
      assert.equal(small.expect.verdict, predictCell(cell).verdict, cell.id);
    }
  });

  test('has the records that are asked for, and the versions below the first in the log', () => {
    const cell = cellOf({
      ...{ pair: 'v2-v3', strategy: 'rolling', order: 'producers-first' },
      ...{ compatibility: 'NONE', style: 'optional' },
    });
    const { workload, before, upgrades } = matrixExperiment(cell, 7000);
    assert.equal(workload.records, 7000);
    assert.deepEqual(before, [{ version: 'v1', records: 4000 }]);
    assert.ok((upgrades[0]?.bakeRecords ?? 0) / workload.skus >= 744);
    assert.notEqual(runKey(cell), '');
  });
});
