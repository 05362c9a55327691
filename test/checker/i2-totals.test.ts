/** Tests I2 on a small log: state, summary rows and REST must equal the fold; each planted difference is found. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import type { Verdict } from '../../src/checker/verdict.ts';
import { readOutput } from '../../src/history/read-output.ts';
import {
  batchesOf,
  judgeRun,
  makeLog,
  rawRecord,
  runApplication,
  schemas,
} from './synthetic-lab.ts';

const schemaById = async (id: number) => schemas.get(id);
const mixed = (hour: number) => (hour < 400 ? 'v1' : 'v2');

function firstOf({ invariants }: Verdict, id = 'I2') {
  assert.equal(invariants[id]?.verdict, 'fail', invariants[id]?.detail);
  const [finding] = invariants[id]?.findings ?? [];
  return finding;
}

suite('I2 totals', () => {
  for (const version of ['v1', 'v2', 'v3'] as const) {
    test(`a clean run of ${version} passes`, async () => {
      const verdict = await judgeRun({ log: makeLog(() => version) }, { version });
      assert.equal(verdict.invariants.I2?.verdict, 'pass', JSON.stringify(verdict.invariants.I2));
      assert.equal(verdict.keys, 6);
    });
  }

  test('a month that v1 and v2 wrote has no true defect_qty, and null passes', async () => {
    const log = makeLog(mixed);
    const verdict = await judgeRun({ log }, { version: 'v2' });
    assert.equal(verdict.invariants.I2?.verdict, 'pass', JSON.stringify(verdict.invariants.I2));
    assert.equal(verdict.totals.defect_qty, null);
  });

  test('0 in place of the unknown is mis-aggregated', async () => {
    const read = (fields: { defect_qty?: number | null }) => {
      fields.defect_qty ??= 0;
    };
    const verdict = await judgeRun({ log: makeLog(mixed) }, { version: 'v2', read });
    assert.equal(firstOf(verdict)?.kind, 'mis-aggregated');
    const row = verdict.invariants.I2?.findings.find(
      ({ what }) => what === 'summary row: defect_qty',
    );
    assert.deepEqual([row?.expected, row?.month], [null, 1]);
  });

  test('a row that a later month got is found in both months', async () => {
    const read = (fields: { month: number; day: number }) => {
      if (fields.month === 1 && fields.day === 31) fields.month = 2;
    };
    const verdict = await judgeRun({ log: makeLog() }, { version: 'v1', read });
    assert.equal(firstOf(verdict)?.kind, 'lost');
    assert.ok(verdict.lost >= 24 && verdict.duplicated >= 24);
  });

  test('a month beyond the last is a row of which the log holds no record', async () => {
    const read = (fields: { month: number }) => {
      fields.month += 1;
    };
    const verdict = await judgeRun({ log: makeLog() }, { version: 'v1', read });
    const whats = verdict.invariants.I2?.findings.map(({ what }) => what) ?? [];
    assert.ok(
      whats.includes('summary row of a month of which the log holds no record'),
      String(whats),
    );
  });

  test('a summary row that is missing is found', async () => {
    const log = makeLog();
    const { summaries } = await runApplication(log, { version: 'v1' });
    const output = await readOutput('summary-stats', batchesOf([summaries.slice(1)]), schemaById);
    assert.equal(firstOf(await judgeRun({ log, output }))?.what, 'no summary row for the month');
  });

  test('a summary row that is behind is stale', async () => {
    const log = makeLog();
    const early = await runApplication(log, { version: 'v1', next: [100, 100] });
    const verdict = await judgeRun({ log, output: early.output });
    const stale = verdict.invariants.I2?.findings.find(({ kind }) => kind === 'stale');
    assert.match(stale?.what ?? '', /behind the state/);
    assert.equal(stale?.topic, 'summary-stats');
  });

  test('of rows of one month the highest version counts, not the last', async () => {
    const log = makeLog();
    const early = await runApplication(log, { version: 'v1', next: [100, 100] });
    const { summaries } = await runApplication(log, { version: 'v1' });
    const topic = batchesOf([[...summaries, ...early.summaries]]);
    const output = await readOutput('summary-stats', topic, schemaById);
    const verdict = await judgeRun({ log, output });
    assert.equal(verdict.invariants.I2?.verdict, 'pass', verdict.invariants.I2?.detail);
    assert.equal(output.superseded, early.summaries.length);
  });

  test('two rows of one version with other totals contradict each other', async () => {
    const log = makeLog();
    const { summaries } = await runApplication(log, { version: 'v1' });
    const other = await runApplication(log, { version: 'v1', skip: new Set(['0:8']) });
    const topic = batchesOf([[...other.summaries, ...summaries]]);
    const output = await readOutput('summary-stats', topic, schemaById);
    assert.match(firstOf(await judgeRun({ log, output }))?.what ?? '', /same version differs/);
  });

  test('REST that is behind is stale, REST that differs mis-aggregated', async () => {
    const log = makeLog();
    for (const [difference, kind] of [
      [-1, 'stale'],
      [1, 'mis-aggregated'],
    ] as const) {
      const { rest } = await runApplication(log, { version: 'v1' });
      const row = rest[0]?.rows['sku_000001|2000-02'];
      if (row) row.manufactured_qty = Number(row.manufactured_qty) + difference;
      const finding = firstOf(await judgeRun({ log, rest }));
      assert.deepEqual([finding?.kind, finding?.sku, finding?.month], [kind, 'sku_000001', 2]);
    }
  });

  test('REST that lacks a month is stale, one that does not answer unavailable', async () => {
    const log = makeLog();
    const { rest } = await runApplication(log, { version: 'v1' });
    delete rest[0]?.rows['sku_000001|2000-02'];
    assert.equal(firstOf(await judgeRun({ log, rest }))?.kind, 'stale');
    const silent = rest.map((answer) => ({ ...answer, error: 'refused', rows: {}, months: {} }));
    const verdict = await judgeRun({ log, rest: silent });
    assert.equal(verdict.unavailable, 1);
    assert.equal(verdict.verdict, 'fail');
  });

  test("REST in another version's shape is found", async () => {
    const log = makeLog(() => 'v2');
    const { rest } = await runApplication(log, { version: 'v2' });
    const relabelled = rest.map((answer) => ({ ...answer, version: 'v1' }));
    const finding = firstOf(await judgeRun({ log, rest: relabelled }, { version: 'v2' }));
    assert.match(finding?.what ?? '', /another version's shape/);
  });

  test("a wrong base cost and a total that is not the month's sum are found", async () => {
    const log = makeLog(() => 'v3');
    for (const field of ['base_cost', 'total_manufacturing_cost']) {
      const { rest } = await runApplication(log, { version: 'v3' });
      const month = rest[0]?.months['2000-01'];
      if (month) month[field] = Number(month[field]) + 1;
      const finding = firstOf(await judgeRun({ log, rest }, { version: 'v3' }));
      assert.equal(finding?.what, `stats-0: ${field} of the month`);
    }
  });

  test('what is not counted yet is inconclusive, with the lag', async () => {
    const log = makeLog();
    const verdict = await judgeRun({ log }, { version: 'v1', next: [1500, 700] });
    assert.equal(verdict.invariants.I2?.verdict, 'inconclusive', verdict.invariants.I2?.detail);
    assert.match(verdict.invariants.I2?.detail ?? '', /not drained: lag 200 records/);
    assert.equal(verdict.invariants.I3?.verdict, 'pass');
    assert.equal(verdict.verdict, 'inconclusive');
  });

  test('a month that is settled is compared although others are under way', async () => {
    const log = makeLog();
    const early = await runApplication(log, { version: 'v1', next: [1500, 790] });
    const row = early.rest[0]?.rows['sku_000001|2000-01'];
    if (row) row.manufactured_qty = 1;
    const verdict = await judgeRun({ log, ...early });
    assert.equal(firstOf(verdict)?.sku, 'sku_000001');
  });

  test('a month whose row is not confirmed as published is not compared yet', async () => {
    const log = makeLog();
    const { state } = await runApplication(log, { version: 'v1' });
    const early = await runApplication(log, { version: 'v1', skip: new Set(['1:799']) });
    const dirty = state.partitions[1]?.dirty;
    if (dirty) dirty['sku_000001|2000-02'] = '800';
    const verdict = await judgeRun({ log, state, output: early.output, rest: early.rest });
    assert.equal(verdict.invariants.I2?.verdict, 'inconclusive', JSON.stringify(verdict));
    assert.match(verdict.invariants.I2?.detail ?? '', /1 rows not published/);
  });

  test('a summary row that names another partition is found', async () => {
    const log = makeLog();
    const { output } = await runApplication(log, { version: 'v1' });
    const rows = output.rows.map((row) => ({ ...row, fields: { ...row.fields, partition: 5 } }));
    const verdict = await judgeRun({ log, output: { ...output, rows } });
    assert.equal(firstOf(verdict)?.what, 'summary row: partition');
  });

  test('a month that only REST shows is found', async () => {
    const log = makeLog();
    const { rest } = await runApplication(log, { version: 'v1' });
    Object.assign(rest[0]?.rows ?? {}, { 'sku_000001|2000-03': { manufactured_qty: 1 } });
    assert.equal(firstOf(await judgeRun({ log, rest }))?.month, 3);
  });

  test('without a REST instance it is inconclusive', async () => {
    const verdict = await judgeRun({ log: makeLog(), rest: [] });
    assert.equal(verdict.invariants.I2?.verdict, 'inconclusive');
  });

  test("a producer's duplicate is left out of the totals", async () => {
    const log = makeLog();
    log[1]?.push(rawRecord(1, 5));
    const { state, ...correct } = await runApplication(log, { version: 'v1' });
    const meta = state.partitions[1]?.meta;
    if (meta) meta.duplicates = '1';
    const verdict = await judgeRun({ log, ...correct, state });
    assert.equal(verdict.invariants.I2?.verdict, 'pass', JSON.stringify(verdict.invariants.I2));
    assert.equal(verdict.invariants.I3?.verdict, 'pass', JSON.stringify(verdict.invariants.I3));
    assert.equal(verdict.invariants.I1?.verdict, 'fail');
  });
});
