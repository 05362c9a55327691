/** Tests what a report says, without a browser: the answer of each kind of run, findings in words, and nothing from the network. */

import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { suite } from 'node:test';
import { reportPage } from '../../src/report/report-page.ts';
import { writeReport } from '../../src/report/write-report.ts';
import type { ExampleName } from '../history/example-run.ts';
import { exampleRun } from '../history/example-run.ts';

/** Text of the page as a person reads it, without scripts and styles. */
function read(page: string): string {
  return page
    .replaceAll(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"');
}
const textOf = (name: ExampleName) => read(reportPage(exampleRun(name)));

suite('the answer', () => {
  const answers: Readonly<Record<ExampleName, RegExp>> = {
    safe: /✔ Safe promoted 256,000 records in 360 totals were checked\. Nothing was lost, doubled/,
    unsafe:
      /✖ Accepted by the registry, but unsafe promoted 30 wrong totals, 4 totals out of date\./,
    'rolled-back': /✖ Accepted by the registry, but unsafe rolled back 12 wrong totals\./,
    inconclusive:
      /\? Inconclusive paused It was paused: the gate lag cannot tell: no sample for 5 s\./,
    refused: /■ Rejected by the registry refused before anything changed The registry refused it/,
  };
  for (const [name, answer] of Object.entries(answers)) {
    test(`of a run that is ${name}`, () => assert.match(textOf(name as ExampleName), answer));
  }

  test('stands beside the prediction, with its agreement or disagreement', () => {
    assert.match(textOf('safe'), /Predicted .*✔ Safe .*= as predicted .*Observed .*✔ Safe/);
    assert.match(
      textOf('inconclusive'),
      /✔ Safe promoted ≠ not as predicted .*\? Inconclusive paused/,
    );
  });

  test('of a run that was not judged is not made up', () => {
    const text = read(reportPage({ ...exampleRun('safe'), verdict: null }));
    assert.match(text, /\? Not judged .*judge it with cutover verify/);
  });
});

suite('findings', () => {
  test('are told in words with the place of the first record', () => {
    const text = textOf('unsafe');
    assert.match(
      text,
      /Wrong total 30× Total in the state is not what the log adds up to\. The first: expected unknown \(null\) found 0 topic raw-data-in partition 2 offset 5,304 schema id 1 written by v1 SKU sku_000003 month February 2000/,
    );
  });

  test('of one kind are one article, with the others below the first', () => {
    const run = exampleRun('unsafe');
    const invariant = run.verdict.check.invariants.I2;
    const [first] = invariant?.findings ?? [];
    assert.ok(invariant && first);
    const findings = [1, 2, 3].map((offset) => ({ ...first, kind: 'lost' as const, offset }));
    const check = { ...run.verdict.check, invariants: { I2: { ...invariant, findings } } };
    const page = reportPage({ ...run, verdict: { ...run.verdict, check } });
    assert.equal(page.match(/✖<\/span> Lost/g)?.length, 1);
    assert.match(
      read(page),
      /The first: found 0 topic raw-data-in partition 2 offset 1 .*2 more, one by one/,
    );
  });

  test('that were predicted show the record and what is read of it', () => {
    assert.match(
      textOf('unsafe'),
      /v1 writes \{"sku":"sku_000003","manufactured_qty":71\} v2 reads/,
    );
    assert.match(textOf('refused'), /The registry refuses v2 of raw-data-in-value : reader field/);
  });
});

suite('the rest', () => {
  test('says how it went, what it rests on and how to do it again', () => {
    const text = textOf('rolled-back');
    assert.match(
      text,
      /to the failing gate 5\.9 s from the failing gate to the decision 0\.1 s .*decision to restored 8\.4 s/,
    );
    assert.match(
      text,
      /16\.0 s back end: 50 % of the partitions to v2 took 4\.0 s\. Asked for 50 %, achieved 51\.2 %\./,
    );
    assert.match(text, /I3 prefix ✖ fail 2 of 6 partitions differ/);
    assert.match(text, /npx cutover run experiments\/bad-canary\.yaml/);
    assert.match(text, /kafka 4\.3\.1 .*commit 15c131d6a0f3, nothing changed/);
  });

  test('what the platform told is no question, but an end for good is bad', () => {
    const run = exampleRun('safe');
    const told = (event: string) =>
      ({ kind: 'platform', atMs: 1, event, subject: 'back-end-0', detail: 'so' }) as const;
    const markOf = (event: string) =>
      read(reportPage({ ...run, timeline: [told(event), ...run.timeline] })).match(
        /(\S) back-end-0 /,
      )?.[1];
    assert.deepEqual(['ready', 'ended', 'gave-up'].map(markOf), ['•', '•', '✖']);
  });

  test('a part that is missing leaves the others, and problems of reading are told', () => {
    const { timeline, verdict } = exampleRun('safe');
    const nothing = { experiment: null, prediction: null, manifest: null, history: null };
    const problems = [{ file: 'timeline.jsonl', line: 7, message: 'is cut off' }];
    const text = read(reportPage({ ...nothing, timeline, verdict, stateCalls: [] }, problems));
    assert.match(text, /experiment of this run cannot be read/);
    assert.match(text, /timeline\.jsonl, line 7: is cut off/);
    assert.match(text, /Who owned the partitions/);
    const empty = { ...nothing, timeline: [], verdict: null, stateCalls: [] };
    assert.match(read(reportPage(empty)), /Not judged/);
  });

  test('asks nothing of the network', () => {
    const page = reportPage(exampleRun('unsafe'));
    assert.doesNotMatch(
      page,
      /<(?:script|img|iframe)[^>]* src=|<link[^>]* href="(?!data:)|@import|url\(/,
    );
    assert.match(page, /default-src 'none'/);
  });

  test('what a name, a detail or a question says is never HTML', () => {
    const run = exampleRun('safe');
    const hostile = '</script><img src=x onerror=alert(1)>';
    const experiment = { ...run.experiment, question: hostile };
    const decision = { kind: 'decision', atMs: 1, action: 'pause', reason: hostile } as const;
    const step = run.timeline.find(({ kind }) => kind === 'step');
    assert.ok(step?.kind === 'step');
    const timeline = [decision, { ...step, title: hostile, version: hostile }, ...run.timeline];
    const page = reportPage({ ...run, experiment, timeline });
    assert.ok(!page.includes('<img'));
    assert.equal(page.match(/<\/script>/g)?.length, 3, 'data, library and script');
  });
});

test('the files are written as wholes, beside the others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cutover-report-'));
  try {
    const run = exampleRun('unsafe');
    const { html, junit } = await writeReport(folder, run);
    assert.deepEqual((await readdir(folder)).sort(), ['junit.xml', 'report.html', 'verdict.json']);
    assert.deepEqual(JSON.parse(await readFile(join(folder, 'verdict.json'), 'utf8')), run.verdict);
    assert.match(await readFile(html, 'utf8'), /^<!doctype html>/);
    assert.equal(junit, join(folder, 'junit.xml'));
  } finally {
    await rm(folder, { recursive: true });
  }
});
