/** Tests I3 on a small log: the state at `next` must equal the fold of as many records, wherever it stands. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import type { Verdict } from '../../src/checker/verdict.ts';
import { judgeRun, makeLog, rawRecord, runApplication } from './synthetic-lab.ts';

function firstOf({ invariants }: Verdict) {
  assert.equal(invariants.I3?.verdict, 'fail', invariants.I3?.detail);
  const [finding] = invariants.I3?.findings ?? [];
  return finding;
}

suite('I3 prefix', () => {
  test('holds at every next, also at 0 and in the middle of a batch', async () => {
    for (const next of [
      [0, 1],
      [99, 100],
      [101, 650],
      [1600, 800],
    ]) {
      const verdict = await judgeRun({ log: makeLog() }, { version: 'v1', next });
      assert.equal(verdict.invariants.I3?.verdict, 'pass', JSON.stringify(verdict.invariants.I3));
    }
  });

  test('nothing counted yet is inconclusive', async () => {
    const verdict = await judgeRun({ log: makeLog() }, { version: 'v1', next: [0, 0] });
    assert.equal(verdict.invariants.I3?.verdict, 'inconclusive');
  });

  test('next that was stored before its batch was applied loses records', async () => {
    const log = makeLog();
    const { state } = await runApplication(log, { version: 'v1', next: [500, 500] });
    for (const { meta } of state.partitions) meta.next = '600';
    const finding = firstOf(await judgeRun({ log, state }));
    assert.equal(finding?.kind, 'lost');
    assert.equal(Number(finding?.expected) - Number(finding?.found), 50);
  });

  test('next that was stored after its batch was applied again doubles records', async () => {
    const log = makeLog();
    const { state } = await runApplication(log, { version: 'v1', next: [500, 500] });
    for (const { meta } of state.partitions) meta.next = '400';
    assert.equal(firstOf(await judgeRun({ log, state }))?.kind, 'duplicated');
  });

  test('a record left out and another counted twice are found by their sums', async () => {
    const log = makeLog();
    const { state } = await runApplication(log, { version: 'v1' });
    const totals = state.partitions[1]?.totals;
    if (totals) totals['sku_000001|2000-01'] = '744 1';
    const finding = firstOf(await judgeRun({ log, state }));
    assert.deepEqual([finding?.kind, finding?.what], ['mis-aggregated', 'state: manufactured_qty']);
    assert.deepEqual([finding?.partition, finding?.offset, finding?.schemaId], [1, 0, 1]);
  });

  test('a row that is gone, and one that no record explains, are found', async () => {
    const log = makeLog();
    const { state } = await runApplication(log, { version: 'v1' });
    const totals = state.partitions[1]?.totals;
    if (totals) delete totals['sku_000001|2000-02'];
    assert.equal(firstOf(await judgeRun({ log, state }))?.what, 'state: no row');
    if (totals) totals['sku_000001|2000-03'] = '1 50';
    const { invariants } = await judgeRun({ log, state });
    assert.ok(invariants.I3?.findings.some(({ month }) => month === 3));
  });

  test('0 in place of the unknown is found in a state of v2', async () => {
    const read = (fields: { defect_qty?: number | null }) => {
      fields.defect_qty ??= 0;
    };
    const log = makeLog((hour) => (hour < 400 ? 'v1' : 'v2'));
    const finding = firstOf(await judgeRun({ log }, { version: 'v2', read }));
    assert.equal(finding?.what, 'state: defect_qty');
  });

  test('a sum that its row calls incomplete, because v1 was at work in between, is no finding', async () => {
    const log = makeLog(() => 'v2');
    const run = await runApplication(log, { version: 'v2' });
    const totals = run.state.partitions[1]?.totals ?? {};
    const columns = totals['sku_000001|2000-01']?.split(' ').map(Number) ?? [];
    const [records = 0, manufactured = 0, defects = 0, known = 0] = columns;
    totals['sku_000001|2000-01'] = [records, manufactured, defects - 1, known - 1].join(' ');
    const { invariants } = await judgeRun({ log, state: run.state });
    assert.equal(invariants.I3?.verdict, 'pass', JSON.stringify(invariants.I3));
  });

  test('a state of v1 needs no columns of v2', async () => {
    const log = makeLog(() => 'v2');
    const verdict = await judgeRun({ log }, { version: 'v1' });
    assert.equal(verdict.invariants.I3?.verdict, 'pass', JSON.stringify(verdict.invariants.I3));
  });

  test('a duplicate that was counted is found', async () => {
    const log = makeLog();
    log[1]?.splice(301, 0, rawRecord(1, 300));
    const twice = await runApplication(log, { version: 'v1' });
    const totals = twice.state.partitions[1]?.totals;
    const january = totals?.['sku_000001|2000-01']?.split(' ').map(Number) ?? [];
    if (totals) totals['sku_000001|2000-01'] = `${Number(january[0]) + 1} ${january[1]}`;
    const { invariants } = await judgeRun({ log, state: twice.state });
    const kinds = invariants.I3?.findings.map(({ kind }) => kind);
    assert.ok(kinds?.includes('duplicated'), String(kinds));
  });

  test('a state ahead of the log, of another topic, or with another last seq is found', async () => {
    const log = makeLog();
    const changes = [
      ['next', '801', 'state counts records that the log does not have'],
      ['topicId', 'topic-0', 'state is of an earlier topic of this name'],
    ] as const;
    for (const [field, value, what] of changes) {
      const { state } = await runApplication(log, { version: 'v1' });
      const meta = state.partitions[1]?.meta;
      if (meta) meta[field] = value;
      assert.equal(firstOf(await judgeRun({ log, state }))?.what, what);
    }
    const { state } = await runApplication(log, { version: 'v1' });
    const seq = state.partitions[1]?.seq;
    if (seq) seq.sku_000001 = '798';
    assert.equal(firstOf(await judgeRun({ log, state }))?.what, 'state: last seq of the SKU');
  });

  test('a wrong number of bad records or of duplicates is found', async () => {
    const log = makeLog();
    for (const counter of ['undecodable', 'duplicates']) {
      const { state } = await runApplication(log, { version: 'v1' });
      const meta = state.partitions[1]?.meta;
      if (meta) meta[counter] = '1';
      assert.match(firstOf(await judgeRun({ log, state }))?.what ?? '', /state: number of/);
    }
  });
});
