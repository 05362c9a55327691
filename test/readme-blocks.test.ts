/** Tests that no command block of a Markdown file is missed. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { readCommandBlocks } from './readme-blocks.ts';

const fenced = (language: string, ...lines: string[]) => [`\`\`\`${language}`, ...lines, '```'];

suite('command blocks', () => {
  test('of a console block, the lines after a prompt are the commands', () => {
    const markdown = fenced('console', '$ npm start   # first', 'installing…', '$ npm test').join(
      '\n',
    );
    assert.deepEqual(readCommandBlocks(markdown), [
      { line: 1, mode: 'run', commands: ['npm start', 'npm test'], exitCodes: [0] },
    ]);
  });

  for (const language of ['bash', 'sh', 'shell']) {
    test(`of a ${language} block, every line but comments and empty ones`, () => {
      const markdown = fenced(language, '# comment', '', 'npm start').join('\n');
      assert.deepEqual(readCommandBlocks(markdown)[0]?.commands, ['npm start']);
    });
  }

  test('other languages are no commands, whatever they contain', () => {
    const markdown = [...fenced('json', '$ npm start'), ...fenced('', '$ npm start')].join('\n');
    assert.deepEqual(readCommandBlocks(markdown), []);
  });

  test('a comment above says how to run it, for that block only', () => {
    const markdown = [
      '<!-- test: up -->',
      '',
      ...fenced('console', '$ npm start'),
      ...fenced('console', '$ npx cutover doctor'),
    ].join('\n');
    assert.deepEqual(
      readCommandBlocks(markdown).map(({ mode, line }) => [mode, line]),
      [
        ['up', 3],
        ['run', 6],
      ],
    );
  });

  test('a comment may name the exit codes', () => {
    const markdown = ['<!-- test: run; exit 0 or 2 -->', ...fenced('sh', 'x')].join('\n');
    assert.deepEqual(readCommandBlocks(markdown)[0]?.exitCodes, [0, 2]);
  });

  test('a comment that names no way to test is an error', () => {
    const markdown = ['<!-- test: skip -->', ...fenced('console', '$ npm start')].join('\n');
    assert.throws(() => readCommandBlocks(markdown), /line 1: skip is no way to test a block/);
  });

  test('a block without an end is an error', () => {
    assert.throws(() => readCommandBlocks('```sh\nnpm start'), /line 1: the block does not end/);
  });
});
