/** The texts that a batch is handed over in say exactly what was added, whatever the numbers. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { AsciiText, seqsText } from '../../../src/app/back-end/batch-text.ts';
import { RowTable } from '../../../src/app/back-end/row-table.ts';

test('every size of number is spelled as JavaScript spells it', () => {
  const edges = [0, 1, 9, 10, 99, 100, 2 ** 30 - 1, 2 ** 30, 2 ** 31, 2 ** 32, 2 ** 53 - 1, -1];
  const near = edges.flatMap((edge) => [edge, edge + 1, Math.max(-1, edge - 1)]);
  const all = near.filter(Number.isSafeInteger);
  for (const number of all) {
    assert.equal(new AsciiText().integer(number).end().toString(), String(number));
  }
});

test('a text outgrows the room that it began with', () => {
  const text = new AsciiText();
  const words = Array.from({ length: 20_000 }, (_, at) => `word-${at}`);
  for (const [at, word] of words.entries()) text.text(word).integer(at);
  assert.equal(text.end().toString(), words.map((word, at) => `${word}${at}`).join(''));
});

test('a row that is left and opened again goes on where it stood', () => {
  const table = new RowTable(2);
  const add = (place: number, month: number, qty: number) => {
    const row = table.open(place, `sku_${place}`, 2024, month);
    row[0] = (row[0] ?? 0) + 1;
    row[1] = (row[1] ?? 0) + qty;
  };
  for (const [place, month, qty] of [
    [0, 1, 5],
    [1, 12, 7],
    [0, 1, 2 ** 40],
    [0, 2, 1],
  ] as const) {
    add(place, month, qty);
  }
  const rows = `sku_0|2024-01 2 ${2 ** 40 + 5};sku_1|2024-12 1 7;sku_0|2024-02 1 1;`;
  assert.equal(table.text().toString(), rows);
});

test('a table without rows and SKUs without progress are no text', () => {
  assert.equal(new RowTable(4).text().length, 0);
  assert.equal(seqsText([{ sku: 's', before: 3, last: 3 }]).length, 0);
});
