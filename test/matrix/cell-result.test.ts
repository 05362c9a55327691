/** Tests how results are kept and read again, also after a matrix was killed in the middle of a line. */

import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { afterEach, beforeEach, suite } from 'node:test';
import type { CellResult } from '../../src/matrix/cell-result.ts';
import { cellsFile, keepResult, readResults } from '../../src/matrix/cell-result.ts';

const result = (key: string, change: Partial<CellResult> = {}): CellResult => ({
  ...{ key, cell: `${key}-cell`, records: 20_000, refused: false, data: 'safe' },
  ...{ finding: null, run: null, seconds: 1 },
  ...change,
});

suite('results of a matrix', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cutover-matrix-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('are read as they were kept; the last of a key counts', async () => {
    await keepResult(folder, result('a'));
    await keepResult(folder, result('b'));
    await keepResult(folder, result('a', { seconds: 2 }));
    const { results, problems } = await readResults(folder, 20_000);
    assert.deepEqual(results, [result('a', { seconds: 2 }), result('b')]);
    assert.deepEqual(problems, []);
  });

  test('that are inconclusive, or of another size, are run again', async () => {
    await keepResult(folder, result('a', { data: 'inconclusive' }));
    await keepResult(folder, result('b', { records: 5000 }));
    assert.deepEqual((await readResults(folder, 20_000)).results, []);
  });

  test('survive half a line, after which the next one is whole', async () => {
    await keepResult(folder, result('a'));
    await appendFile(join(folder, cellsFile), '{"key":"b","ce');
    assert.match((await readResults(folder, 20_000)).problems[0] ?? '', /:2 is cut off/);
    await keepResult(folder, result('c'));
    const { results, problems } = await readResults(folder, 20_000);
    assert.deepEqual(results, [result('a'), result('c')]);
    assert.equal(problems.length, 1);
  });

  test('that are not there are an error', async () => {
    await assert.rejects(readResults(folder, 20_000), { code: 'ENOENT' });
  });
});
