/** Tests that a long line is broken below where its text began. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { wrapLine } from '../../src/cli/plan/wrap-line.ts';

test('a line that fits stays as it is, its spaces, too', () => {
  assert.deepEqual(wrapLine('  rolling     safe', 80), ['  rolling     safe']);
  assert.deepEqual(wrapLine('', 80), ['']);
});

test('a longer one goes on further in', () => {
  const lines = wrapLine(`  ${'word '.repeat(20).trim()}`, 50);
  assert.equal(lines.length, 3);
  assert.match(lines[0] ?? '', /^ {2}word/);
  assert.match(lines[1] ?? '', /^ {6}word/);
  assert.ok(lines.every((line) => line.length <= 50));
  assert.equal(
    lines
      .join(' ')
      .split(/\s+/)
      .filter((word) => word === 'word').length,
    20,
  );
});

test('what follows a label goes on below the text after it', () => {
  const lines = wrapLine(`    \x1b[1mv1 wrote\x1b[22m   ${'word '.repeat(20).trim()}`, 60);
  assert.match(lines[1] ?? '', /^ {15}word/);
});

test('a word that is longer than a line is broken, and colours do not count', () => {
  const record = JSON.stringify({ sku: 'x'.repeat(120) });
  assert.ok(wrapLine(`    ${record}`, 60).every((line) => line.length <= 60));
  const coloured = `\x1b[31m${'a'.repeat(40)}\x1b[39m`;
  assert.equal(wrapLine(coloured, 44).length, 1);
});
