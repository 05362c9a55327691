/** Tests that a summary is read as the seed has it, and that another shape is refused. */

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { suite } from 'node:test';
import { parseSummary, readGenerator, readRest } from '../../src/history/read-rest.ts';

const month = { year: 2024, month: 1, base_cost: 5, total_manufacturing_cost: null };
const entry = (sku: string, totals: object) => ({ sku, totals });

suite('a summary', () => {
  test('becomes totals by SKU and month, and the fields of the month', () => {
    const manufacturing = [
      entry('a', { manufactured_qty: 3 }),
      entry('b', { manufactured_qty: 4 }),
    ];
    assert.deepEqual(parseSummary({ description: '', data: [{ ...month, manufacturing }] }), {
      rows: { 'a|2024-01': { manufactured_qty: 3 }, 'b|2024-01': { manufactured_qty: 4 } },
      months: { '2024-01': { base_cost: 5, total_manufacturing_cost: null } },
    });
  });

  test('in another shape is refused, with what is wrong', () => {
    const manufacturing = [entry('a', { manufactured_qty: 3 })];
    const twice = { ...month, manufacturing: [...manufacturing, ...manufacturing] };
    const shapes: [unknown, RegExp][] = [
      [[], /summary is no object/],
      [{ data: {} }, /data is no list/],
      [
        {
          data: [
            { ...month, manufacturing },
            { ...month, manufacturing },
          ],
        },
        /2024-01 stands twice/,
      ],
      [{ data: [twice] }, /a\|2024-01 stands twice/],
      [
        { data: [{ ...month, manufacturing: [entry('a', { manufactured_qty: '3' })] }] },
        /no number/,
      ],
    ];
    for (const [shape, message] of shapes) assert.throws(() => parseSummary(shape), message);
  });
});

suite('an instance', () => {
  const refused = {
    deployment: 'stats',
    instance: 'stats-0',
    url: 'http://127.0.0.1:1',
    version: 'v1',
  };

  test('that does not answer is part of the history', async () => {
    assert.match((await readRest(refused)).error ?? '', /ECONNREFUSED|fetch failed|bad port/);
    const generator = await readGenerator(refused);
    assert.ok(generator.error);
    assert.deepEqual([generator.acknowledged, generator.complete], [{}, false]);
  });

  test('that answers with an error status is told by that', async () => {
    const server = createServer((_, response) => response.writeHead(503).end('{}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { error } = await readRest({ ...refused, url: `http://127.0.0.1:${port}` });
    server.close();
    assert.match(error ?? '', /summary answered 503/);
  });
});
