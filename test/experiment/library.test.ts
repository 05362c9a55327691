/** Tests that every experiment of the library loads and that what it expects is what is predicted of it. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test, { suite } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadExperiment } from '../../src/experiment/load.ts';
import { predict } from '../../src/experiment/planner/predict.ts';

const folder = new URL('../../experiments/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

suite('the library of experiments', () => {
  test('has at least twelve, numbered without a gap', () => {
    assert.ok(files.length >= 12);
    const numbers = files.map((name) => Number(name.slice(0, 2)));
    assert.deepEqual(
      numbers,
      Array.from({ length: files.length }, (_, index) => index + 1),
    );
  });

  for (const file of files) {
    const url = new URL(file, folder);
    test(`${file} expects what is predicted`, async () => {
      const experiment = await loadExperiment(fileURLToPath(url));
      const { verdict, outcome, findings } = predict(experiment);
      const kinds = [...new Set(findings.map(({ kind }) => kind))].toSorted();
      const expected = experiment.expect;
      const wanted = { ...expected, findings: expected.findings.toSorted() };
      const isRefused = outcome === 'refused';
      assert.deepEqual({ verdict, outcome, findings: isRefused ? [] : kinds }, wanted);
    });

    test(`${file} stands in the table of its folder with its question and verdict`, async () => {
      const { name, question, expect } = await loadExperiment(fileURLToPath(url));
      const row = `| [${name}](${file}) | ${question} | ${expect.verdict}`;
      assert.ok(readFileSync(new URL('README.md', folder), 'utf8').includes(row), row);
    });

    test(`${file} opens with its question and names its schema to editors`, () => {
      const text = readFileSync(url, 'utf8');
      assert.match(text, /^# yaml-language-server: \$schema=experiment.schema.json\n/);
      assert.match(text, /^(#.*\n|\n)+question: [A-Z].*\?\nexpect:\n/);
    });
  }

  test('shows every verdict, every outcome that a run can end with, and every strategy', async () => {
    const paths = files.map((file) => fileURLToPath(new URL(file, folder)));
    const all = await Promise.all(paths.map(loadExperiment));
    const seen = (values: readonly string[]) => [...new Set(values)].toSorted();
    assert.deepEqual(seen(all.map(({ expect }) => expect.verdict)), [
      'accepted-but-unsafe',
      'rejected',
      'rejected-but-safe',
      'safe',
      'unsafe',
    ]);
    assert.deepEqual(seen(all.map(({ expect }) => expect.outcome)), [
      'promoted',
      'refused',
      'rolled-back',
    ]);
    assert.deepEqual(seen(all.flatMap(({ upgrades }) => upgrades.map((each) => each.strategy))), [
      'blue-green',
      'canary',
      'rolling',
      'stop-all',
    ]);
  });
});
