/** Tests the words of cells: what follows from a run for every cell that shares it, and the exit code. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { allCells, cellOf, runKey } from '../../src/experiment/planner/cells.ts';
import type { CellResult } from '../../src/matrix/cell-result.ts';
import { seenIn } from '../../src/matrix/cell-result.ts';
import { deriveCells } from '../../src/matrix/derive-cells.ts';
import { exitCodeOfMatrix } from '../../src/matrix/exit-code.ts';
import { exampleRun } from '../history/example-run.ts';

type Axes = Parameters<typeof cellOf>[0];

const cell = (compatibility: Axes['compatibility'], style: Axes['style']) =>
  cellOf({
    ...{ pair: 'v1-v2', strategy: 'canary', order: 'consumers-first' },
    ...{ compatibility, style },
  });

function result(of: Axes, seen: Partial<CellResult>): CellResult {
  const { id } = cellOf(of);
  const key = runKey(cellOf(of));
  const what = { refused: false, data: 'safe', finding: null } as const;
  return { key, cell: id, records: 20_000, ...what, run: `runs/${id}`, seconds: 30, ...seen };
}

suite('the words of cells', () => {
  test('without results are predictions', () => {
    const cells = deriveCells(allCells(), []);
    assert.equal(cells.length, 504);
    assert.ok(cells.every(({ observed, agrees }) => observed === null && agrees));
    assert.equal(exitCodeOfMatrix(cells), 0);
  });

  test('are unsafe under NONE and accepted-but-unsafe otherwise, from one run', () => {
    const [none, full] = [cell('NONE', 'defaulted'), cell('FULL', 'defaulted')];
    const seen = result(full, { data: 'unsafe', finding: 'wrong' });
    const cells = deriveCells([none, full], [seen]);
    assert.deepEqual(
      cells.map(({ observed, sameAs, agrees }) => [observed, sameAs, agrees]),
      [
        ['unsafe', full.id, true],
        ['accepted-but-unsafe', null, true],
      ],
    );
    assert.equal(cells[0]?.finding, 'wrong');
    assert.equal(exitCodeOfMatrix(cells), 0);
  });

  test('of an outage alone are unsafe in every mode', () => {
    const full = cell('FULL', 'optional');
    const [first] = deriveCells([full], [result(full, { data: 'outage' })]);
    assert.deepEqual([first?.observed, first?.agrees], ['unsafe', false]);
  });

  test('of a refused cell come from its twin under NONE, else from the prediction', () => {
    const [none, backward] = [cell('NONE', 'required'), cell('BACKWARD', 'required')];
    const refused = result(backward, { refused: true, finding: 'The registry refused it' });
    const [alone] = deriveCells([backward], [refused]);
    assert.deepEqual([alone?.observed, alone?.dataFrom], ['rejected', 'prediction']);
    const unsafe = deriveCells([backward], [refused, result(none, { data: 'unsafe' })]);
    assert.deepEqual([unsafe[0]?.observed, unsafe[0]?.dataFrom], ['rejected', none.id]);
    const safe = deriveCells([backward], [refused, result(none, { data: 'safe' })]);
    assert.deepEqual([safe[0]?.observed, safe[0]?.agrees], ['rejected-but-safe', false]);
    const open = deriveCells([backward], [refused, result(none, { data: 'inconclusive' })]);
    assert.equal(open[0]?.dataFrom, 'prediction');
  });

  test('follow the real registry where it answers otherwise than predicted', () => {
    const full = cell('FULL', 'optional');
    const [first] = deriveCells([full], [result(full, { refused: true })]);
    assert.deepEqual([first?.observed, first?.agrees], ['rejected-but-safe', false]);
    const harmed = deriveCells([full], [result(full, { refused: true, data: 'unsafe' })]);
    assert.equal(harmed[0]?.observed, 'unsafe');
  });
});

test('exit code: 1 where a cell is another, 2 where one is only inconclusive', () => {
  const [a, b] = [cell('FULL', 'optional'), cell('FULL', 'defaulted')];
  const open = result(a, { data: 'inconclusive' });
  const cells = deriveCells([a, b], [open, result(b, { data: 'unsafe' })]);
  assert.deepEqual([cells[0]?.observed, exitCodeOfMatrix(cells)], ['inconclusive', 2]);
  assert.equal(exitCodeOfMatrix(deriveCells([a, b], [open, result(b, { data: 'safe' })])), 1);
});

test('a verdict gives what was seen of the data, and nothing that was predicted', () => {
  const { verdict } = exampleRun('unsafe');
  const observing = (word: typeof verdict.observed, reasons: readonly string[]) =>
    seenIn({ ...verdict, observed: word, reasons });
  assert.deepEqual(seenIn(exampleRun('safe').verdict), {
    ...{ refused: false, data: 'safe', finding: null },
  });
  const refused = { verdict: 'rejected', outcome: 'refused' } as const;
  assert.deepEqual(observing(refused, ['No.', 'It would not have been safe.']), {
    ...{ refused: true, data: 'safe', finding: 'No.' },
  });
  const paused = { verdict: 'inconclusive', outcome: 'paused' } as const;
  assert.equal(observing(paused, ['It was paused.']).data, 'inconclusive');
  assert.equal(seenIn({ ...verdict, found: ['unavailable'] }).data, 'outage');
});
