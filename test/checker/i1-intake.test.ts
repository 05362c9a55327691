/** Tests I1 on a small log: clean runs pass, and each planted bug of intake is found and placed. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { judgeHistory } from '../../src/checker/verdict.ts';
import { judgeRun, makeHistory, makeLog, rawRecord, run, runApplication } from './synthetic-lab.ts';

suite('I1 intake', () => {
  test('a clean log passes', async () => {
    const { invariants, lost, duplicated } = await judgeRun({ log: makeLog() });
    assert.equal(invariants.I1?.verdict, 'pass', invariants.I1?.detail);
    assert.deepEqual([lost, duplicated], [0, 0]);
  });

  test('a dropped record is lost, with its SKU and seq', async () => {
    const log = makeLog();
    log[1]?.splice(300, 1);
    const { invariants, lost } = await judgeRun({ log });
    assert.equal(invariants.I1?.verdict, 'fail');
    assert.equal(lost, 1);
    const [finding] = invariants.I1?.findings ?? [];
    assert.deepEqual([finding?.kind, finding?.sku], ['lost', 'sku_000001']);
    assert.match(finding?.what ?? '', /from seq 300/);
  });

  test('a doubled record is duplicated, at the offset of the second', async () => {
    const log = makeLog();
    log[1]?.splice(301, 0, rawRecord(1, 300));
    const { invariants, duplicated } = await judgeRun({ log }, { version: 'v1' });
    assert.equal(invariants.I1?.verdict, 'fail');
    assert.equal(duplicated, 1);
    const [finding] = invariants.I1?.findings ?? [];
    assert.deepEqual([finding?.partition, finding?.offset, finding?.schemaId], [1, 301, 1]);
  });

  test('one record dropped and another doubled do not cancel out', async () => {
    const log = makeLog();
    log[1]?.splice(300, 1, rawRecord(1, 299));
    const { lost, duplicated } = await judgeRun({ log });
    assert.deepEqual([lost, duplicated], [1, 1]);
  });

  test('a record that was acknowledged last and is not in the log is lost', async () => {
    const log = makeLog();
    const acknowledged = { sku_000000: 799, sku_000001: 801 };
    const generators = [{ instance: 'generator-0', acknowledged, complete: true }];
    const { invariants, lost } = await judgeRun({ log, generators });
    assert.equal(lost, 2);
    assert.match(invariants.I1?.findings[0]?.what ?? '', /acknowledged to the generator/);
  });

  test('a wrong value is found with what was expected', async () => {
    const log = makeLog();
    const planted = rawRecord(1, 300, { change: (fields) => fields.manufactured_qty++ });
    log[1]?.splice(300, 1, planted);
    const { invariants } = await judgeRun({ log });
    const [finding] = invariants.I1?.findings ?? [];
    assert.equal(invariants.I1?.verdict, 'fail');
    assert.deepEqual([finding?.what, finding?.offset], ['manufactured_qty is wrong', 300]);
    assert.equal(finding?.found, Number(finding?.expected) + 1);
  });

  test('null from a writer that knows the field is wrong', async () => {
    const log = makeLog(() => 'v2');
    const planted = {
      version: 'v2',
      change: (fields: { defect_qty?: number | null }) => {
        fields.defect_qty = null;
      },
    } as const;
    log[1]?.splice(300, 1, rawRecord(1, 300, planted));
    const { invariants } = await judgeRun({ log }, { version: 'v2' });
    const [finding] = invariants.I1?.findings ?? [];
    assert.deepEqual(
      [finding?.what, finding?.version, finding?.found],
      ['defect_qty is wrong', 'v2', null],
    );
  });

  test('an hour that is not that of its seq is found in a chronological run', async () => {
    const log = makeLog();
    log[1]?.splice(300, 1, rawRecord(1, 301, { seq: 300 }));
    const { invariants } = await judgeRun({ log });
    assert.equal(invariants.I1?.findings[0]?.what, 'hour is not that of its seq');
  });

  test('in a shuffled run any hour is right once, and wrong twice', async () => {
    const shuffled = { ...run, order: 'shuffled' } as const;
    const log = makeLog();
    log[1]?.splice(300, 2, rawRecord(1, 301, { seq: 300 }), rawRecord(1, 300, { seq: 301 }));
    const clean = await judgeRun({ log, run: shuffled });
    assert.equal(clean.invariants.I1?.verdict, 'pass', clean.invariants.I1?.detail);
    log[1]?.splice(300, 1, rawRecord(1, 302, { seq: 300 }));
    const planted = await judgeRun({ log, run: shuffled });
    assert.equal(planted.invariants.I1?.findings[0]?.what, 'hour of the SKU was there before');
  });

  test('a record of a SKU, a key or a run that is not this one is found', async () => {
    const foreign = [
      [rawRecord(7, 0), 'SKU is not of this run'],
      [rawRecord(1, 800, { key: 'sku_000000' }), 'key is not the SKU'],
      [rawRecord(1, 800, { run: 'run-0' }), 'run header is not of this run'],
    ] as const;
    for (const [record, what] of foreign) {
      const log = makeLog();
      log[1]?.push(record);
      const { invariants } = await judgeRun({ log });
      assert.equal(invariants.I1?.findings[0]?.what, what);
    }
  });

  test('records that were not sent yet are lost only where a complete run is asked for', async () => {
    const log = makeLog().map((records) => records.slice(0, 400));
    const asked = await judgeRun({ log });
    assert.equal(asked.lost, 600 + 600 + 400);
    const history = await makeHistory({ log, ...(await runApplication(log, { version: 'v1' })) });
    assert.equal(judgeHistory(history).verdict, 'pass');
  });

  test('an empty log is inconclusive, a log that could not be read unknown', async () => {
    const { log, ...rest } = await makeHistory({ log: [[], []] });
    assert.equal(
      judgeHistory({ ...rest, ...(log ? { log } : {}) }).invariants.I1?.verdict,
      'inconclusive',
    );
    assert.equal(judgeHistory(rest).invariants.I1?.verdict, 'unknown');
    assert.equal(judgeHistory(rest).verdict, 'unknown');
  });
});
