/** Tests the predicted verdicts of the 504 cells against a table whose every line says why. */

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import test, { suite } from 'node:test';
import { axes } from '../../../src/experiment/planner/axes.ts';
import type { Cell } from '../../../src/experiment/planner/cells.ts';
import { allCells, cellOf, predictCell, runKey } from '../../../src/experiment/planner/cells.ts';
import type { Prediction } from '../../../src/experiment/prediction.ts';

const golden = new URL('cells.golden.txt', import.meta.url);

/** Words of the table. */
const short: Readonly<Record<string, string>> = {
  safe: 'safe',
  unsafe: 'unsafe',
  'accepted-but-unsafe': 'ACCEPTED',
  rejected: 'rejected',
  'rejected-but-safe': 'rej-safe',
};

const head = `Predicted verdicts of the 504 cells: one line for each pair, strategy, order and style; one column for each mode.
ACCEPTED = accepted-but-unsafe, rej-safe = rejected-but-safe. At the end of the line: what the data suffer where nothing is refused.

${['pair', 'strategy', 'order', 'style'].map(column).join('')}${axes.compatibility.map(mode).join('')}findings (kind, writer > reader)
`;

function column(text: string, index = 0): string {
  return text.padEnd([7, 12, 17, 11][index] ?? 10);
}

function mode(text: string): string {
  return text.replace('TRANSITIVE', 'T').padEnd(12);
}

function linesOf(cells: readonly Cell[]): string {
  const lines = new Map<string, { verdicts: string; findings: string }>();
  for (const cell of cells) {
    const name = [cell.pair, cell.strategy, cell.order, cell.style].map(column).join('');
    const prediction = predictCell(cell);
    const line = lines.get(name) ?? { verdicts: '', findings: findingsOf(prediction) };
    line.verdicts += mode(short[prediction.verdict] ?? '?');
    lines.set(name, line);
  }
  return [...lines]
    .map(([name, { verdicts, findings }]) => `${name}${verdicts}${findings}`.trimEnd())
    .join('\n');
}

function findingsOf({ findings }: Prediction): string {
  return findings.map(({ kind, writer, reader }) => `${kind} ${writer} > ${reader}`).join(', ');
}

suite('the 504 cells', () => {
  const cells = allCells();

  test('are all there, each once, found again by their axes', () => {
    assert.equal(cells.length, 504);
    assert.equal(new Set(cells.map(({ id }) => id)).size, 504);
    assert.equal(cells[0]?.id, 'v1-v2/rolling/consumers-first/NONE/optional');
    for (const cell of cells) assert.deepEqual(cellOf(cell), cell);
  });

  test('have the verdicts of the table', () => {
    const table = `${head}${linesOf(cells)}\n`;
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, table);
    assert.equal(table, readFileSync(golden, 'utf8'));
  });

  test('name a record and a state for each finding', () => {
    for (const cell of cells) {
      const { findings, states } = predictCell(cell);
      for (const finding of findings) {
        assert.ok(finding.record !== null, cell.id);
        assert.ok(
          states.some(({ title }) => title === finding.state),
          `${cell.id}: ${finding.state}`,
        );
      }
    }
  });

  test('with one key have one registry answer and one fate of the data', () => {
    const fates = new Map<string, string>();
    for (const cell of cells) {
      const { outcome, findings, states } = predictCell(cell);
      const fate = JSON.stringify({ outcome, findings, states });
      const key = runKey(cell);
      assert.equal(fates.get(key) ?? fate, fate, cell.id);
      fates.set(key, fate);
    }
    assert.equal(fates.size, 96);
  });

  test('of v1 to v2 look the same in the styles optional and tightened, which declare the same', () => {
    const axis = { pair: 'v1-v2', strategy: 'canary', order: 'consumers-first' } as const;
    const key = (style: Cell['style'], compatibility: Cell['compatibility']) =>
      runKey(cellOf({ ...axis, style, compatibility }));
    assert.equal(key('optional', 'FULL'), key('tightened', 'NONE'));
    assert.notEqual(key('optional', 'FULL'), key('defaulted', 'FULL'));
    assert.notEqual(key('required', 'FULL'), key('required', 'NONE'));
  });
});
