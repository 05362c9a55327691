/** Tests `cutover matrix` without a lab: selection, prediction, table, JSON, page, and what it says of wrong options. */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { suite } from 'node:test';
import { matrixTable } from '../../src/cli/matrix/matrix-table.ts';
import { exampleMatrix } from '../history/example-matrix.ts';
import { runCli } from './run-cli.ts';

const block = 'pair=v1-v2,strategy=canary,order=consumers-first';

suite('cutover matrix --predict', () => {
  test('prints rows of styles and columns of modes, nothing observed: 0', async () => {
    const { exitCode, out } = await runCli(['matrix', '--predict', '--only', block]);
    const text = out.join('\n');
    assert.equal(exitCode, 0, text);
    assert.match(text, /^v1-v2, canary, consumers-first\n +NONE +BACKW +BACKW_T +FORW/m);
    assert.match(text, /^ {2}required +\(U\) +\(R\) +\(R\) +\(AU\) +\(AU\) +\(R\) +\(R\)$/m);
    assert.match(text, /28 cells predicted, 0 observed/);
  });

  test('--json prints the cells and nothing else', async () => {
    const only = ['--only', 'pair=v1-v2+v2-v3,style=required', '--only=mode=NONE', '--json'];
    const { out } = await runCli(['matrix', '--predict', ...only]);
    assert.equal(out.length, 1);
    const answer = JSON.parse(out.join(''));
    assert.deepEqual(Object.keys(answer), ['cells']);
    assert.equal(answer.cells.length, 12);
    const { pair, strategy, order, mode, style, predicted, observed } = answer.cells[0];
    assert.deepEqual([pair, strategy, order], ['v1-v2', 'rolling', 'consumers-first']);
    assert.deepEqual([mode, style, predicted, observed], ['NONE', 'required', 'unsafe', null]);
  });

  test('an axis that is named twice allows both', async () => {
    const only = ['--only', `${block},mode=NONE`, '--only', 'mode=FULL,style=optional'];
    const { out } = await runCli(['matrix', '--predict', '--json', ...only]);
    assert.equal(JSON.parse(out.join('')).cells.length, 2);
  });

  test('--html writes the page', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cutover-matrix-'));
    try {
      const path = join(folder, 'matrix.html');
      await runCli(['matrix', '--predict', '--only', block, '--html', path]);
      assert.match(await readFile(path, 'utf8'), /28 cells predicted, none observed yet/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

suite('cutover matrix', () => {
  test('tells everything that is wrong at once: 64', async () => {
    const wrong = ['--only', 'pair=v1-v4,colour=red', '--only', 'mode=FULL+BACKWRD,style'];
    const { exitCode, err } = await runCli(['matrix', ...wrong, '--records', 'few', '--predict']);
    const text = err.join('\n');
    assert.equal(exitCode, 64);
    assert.match(text, /--records few: must be a whole number/);
    assert.match(text, /--only pair=v1-v4: must be one of: v1-v2, v2-v3, v1-v3 \(did you mean/);
    assert.match(text, /--only colour=red: must be <axis>=<value>/);
    assert.match(text, /--only mode=BACKWRD: must be one of: .*\(did you mean BACKWARD\?\)/);
    assert.match(text, /--only style: must be <axis>=<value>/);
    const both = await runCli(['matrix', '--predict', '--resume', 'x']);
    assert.equal(both.exitCode, 64);
    assert.match(both.err.join(), /--resume: not with --predict/);
  });

  test('cannot go on where nothing was kept, and says how to see what was', async () => {
    const { exitCode, err } = await runCli(['matrix', '--resume', '/does/not/exist']);
    assert.equal(exitCode, 1);
    assert.match(err.join(), /no cells.jsonl in \/does\/not\/exist\. Mend: /);
  });
});

suite('the table of a matrix', () => {
  test('marks a cell that came out otherwise, and lists it with what was found', () => {
    const cells = exampleMatrix((word, number) => (number === 1 ? 'inconclusive' : word)).slice(
      0,
      28,
    );
    const lines = matrixTable(cells);
    const text = lines.join('\n');
    assert.match(text, /≠\?/);
    assert.match(text, /28 cells predicted, 28 observed \(\d+ run themselves\), 1 otherwise/);
    assert.match(text, /≠ v1-v2\/.*: predicted \S+, observed inconclusive/);
    assert.ok(
      lines.slice(2, -4).every((line) => line.length <= 84),
      text,
    );
  });
});
