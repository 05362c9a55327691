/** Tests that the house's import boundaries hold, and that each of them would be noticed if it did not. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  findCircles,
  findCrossings,
  findExits,
  findMissing,
  readImports,
  readSources,
} from './import-graph.ts';

suite('the import boundaries of src', () => {
  const sources = readSources(fileURLToPath(new URL('..', import.meta.url)), 'src');
  const graph = readImports(sources);

  test('imports are found at all', () => {
    const imported = graph.get('src/cli/main.ts');
    assert.ok(imported?.includes('src/cli/command-line.ts'), `found ${imported}`);
    assert.deepEqual(findMissing(graph), []);
  });
  test('no import crosses a boundary', () => assert.deepEqual(findCrossings(graph), []));
  test('there are no import circles', () => assert.deepEqual(findCircles(graph), []));
  test('only the main files end their process', () => assert.deepEqual(findExits(sources), []));
});

suite('a planted crossing is noticed', () => {
  const crossings: readonly [rule: string, from: string, to: string][] = [
    ['app imports nothing of the lab', 'src/app/stats/main.ts', 'src/platform/platform.ts'],
    ['app imports nothing of the lab', 'src/app/runtime/avro.ts', 'src/checker/tally.ts'],
    [
      'a version imports no other version',
      'src/app/versions/v2/index.ts',
      'src/app/versions/v1/index.ts',
    ],
    ['checker never imports app', 'src/checker/i1-intake.ts', 'src/app/runtime/random.ts'],
    ['checker never imports a platform', 'src/checker/i1-intake.ts', 'src/platform/platform.ts'],
    ['history never imports app', 'src/history/history.ts', 'src/app/version.ts'],
    [
      'a platform sees only itself and platform.ts',
      'src/platform/local/index.ts',
      'src/platform/fake/index.ts',
    ],
    [
      'a platform sees only itself and platform.ts',
      'src/platform/local/index.ts',
      'src/app/version.ts',
    ],
    ['strategy sees only platform.ts', 'src/strategy/canary.ts', 'src/platform/local/index.ts'],
    ['fault sees only platform.ts', 'src/fault/pause.ts', 'src/checker/tally.ts'],
    ['report sees only saved results', 'src/report/page.ts', 'src/platform/platform.ts'],
    ['report sees only saved results', 'src/report/page.ts', 'src/checker/verdict.ts'],
    ['report sees only saved results', 'src/report/page.ts', 'src/experiment/planner/predict.ts'],
    [
      'an experiment is read and predicted without anything that runs',
      'src/experiment/planner/predict.ts',
      'src/platform/local/index.ts',
    ],
    ['only cli imports cli', 'src/history/history.ts', 'src/cli/terminal.ts'],
  ];
  for (const [rule, from, to] of crossings) {
    test(`${rule}: ${from} → ${to}`, () => {
      assert.ok(findCrossings(new Map([[from, [to]]])).includes(`${rule}: ${from} → ${to}`));
    });
  }

  test('what is allowed passes', () => {
    const allowed = new Map([
      ['src/app/versions/v2/index.ts', ['src/app/version.ts', 'src/app/versions/v2/schemas.ts']],
      ['src/checker/i1-intake.ts', ['src/history/history.ts', 'src/checker/tally.ts']],
      ['src/platform/local/index.ts', ['src/platform/platform.ts', 'src/platform/local/java.ts']],
      ['src/strategy/canary.ts', ['src/platform/platform.ts', 'src/strategy/steps.ts']],
      ['src/report/page.ts', ['src/history/history.ts', 'src/experiment/experiment.ts']],
      ['src/cli/main.ts', ['src/app/versions/load.ts', 'src/checker/verdict.ts']],
    ]);
    assert.deepEqual(findCrossings(allowed), []);
  });
});

suite('every way to import is read', () => {
  const ways = {
    static: "import { a } from '../b.ts';",
    'over several lines': "import {\n  a,\n  type B,\n} from '../b.ts';",
    'type-only': "import type { A } from '../b.ts';",
    're-export': "export { a } from '../b.ts';",
    'export of everything': "export * from '../b.ts';",
    'for its effect': "import '../b.ts';",
    dynamic: "const b = await import('../b.ts');",
    'in double quotes': 'import { a } from "../b.ts";',
    'type expression': "let a: import('../b.ts').A;",
  };
  for (const [way, text] of Object.entries(ways)) {
    test(way, () => {
      assert.deepEqual(readImports({ 'src/x/a.ts': text }).get('src/x/a.ts'), ['src/b.ts']);
    });
  }
  test('but none from a comment or a package', () => {
    const text = "// import '../b.ts';\n/* from '../b.ts' */\nimport test from 'node:test';";
    assert.deepEqual(readImports({ 'src/x/a.ts': text }).get('src/x/a.ts'), []);
  });
});

suite('planted circles and exits are noticed', () => {
  test('a circle of three', () => {
    const graph = new Map([
      ['src/a.ts', ['src/b.ts', 'src/d.ts']],
      ['src/b.ts', ['src/c.ts']],
      ['src/c.ts', ['src/a.ts']],
      ['src/d.ts', ['src/c.ts']],
    ]);
    assert.deepEqual(findCircles(graph), ['src/a.ts → src/b.ts → src/c.ts → src/a.ts']);
  });
  test('a file that imports itself', () => {
    assert.deepEqual(findCircles(new Map([['src/a.ts', ['src/a.ts']]])), ['src/a.ts → src/a.ts']);
  });
  test('two ways to one file are no circle', () => {
    const graph = new Map([
      ['src/a.ts', ['src/b.ts', 'src/c.ts']],
      ['src/b.ts', ['src/c.ts']],
      ['src/c.ts', []],
    ]);
    assert.deepEqual(findCircles(graph), []);
  });
  test('an import of a file that is not there', () => {
    assert.deepEqual(findMissing(new Map([['src/a.ts', ['src/b.ts']]])), ['src/a.ts → src/b.ts']);
  });
  test('an exit outside the main files', () => {
    const sources = {
      'src/cli/main.ts': 'process.exit(0);',
      'src/app/stats/main.ts': 'process.exit(1);',
      'src/cli/commands/up.ts': 'process.exit(1);',
      'src/checker/main.ts': 'process.exit(1);',
    };
    assert.deepEqual(findExits(sources), ['src/cli/commands/up.ts', 'src/checker/main.ts']);
  });
});
