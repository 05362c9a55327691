/** Lines take turns of a day, and each seq is handed out once. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { SkuLine } from '../../../src/app/generator/sku-lines.ts';
import { createSkuLine, Rotation } from '../../../src/app/generator/sku-lines.ts';
import { parseSkuList } from '../../../src/app/generator/sku-list.ts';
import { HOURS } from '../../../src/app/runtime/calendar.ts';

test('a line goes on after what the log holds and ends with the last hour', () => {
  const rotation = new Rotation();
  rotation.lines = [createSkuLine(0, 6, HOURS - 3), createSkuLine(1, 6, HOURS - 31)];
  const seen: string[] = [];
  const take = (count: number) =>
    rotation.take(count, (line: SkuLine, seq) => seen.push(`${line.index}:${seq}`));
  assert.equal(take(10), 10);
  assert.equal(take(100), 22);
  assert.equal(take(100), 0);
  assert.equal(new Set(seen).size, 32);
  assert.equal(seen[0], `0:${HOURS - 2}`);
  assert.equal(seen[2], `1:${HOURS - 30}`);
  assert.equal(seen.at(-1), `1:${HOURS - 1}`);
});

test('each SKU has a day, then it is the next one’s turn', () => {
  const rotation = new Rotation();
  rotation.lines = [createSkuLine(0, 6, -1), createSkuLine(1, 6, -1)];
  const turns: number[] = [];
  rotation.take(72, (line) => turns.push(line.index));
  assert.deepEqual(turns, [...Array(24).fill(0), ...Array(24).fill(1), ...Array(24).fill(0)]);
});

test('lists of numbers and ranges name each SKU once, ascending', () => {
  assert.deepEqual(parseSkuList('7,0-2,1'), [0, 1, 2, 7]);
});
