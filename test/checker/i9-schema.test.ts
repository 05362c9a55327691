/** Tests I9 on a small log: what decodes, for whom, and what became of what does not. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import type { Verdict } from '../../src/checker/verdict.ts';
import { judgeRun as judgeOf } from '../../src/checker/verdict.ts';
import type { LogRecord } from '../../src/history/log-input.ts';
import {
  deadLetter,
  encode,
  judgeRun,
  makeHistory,
  makeLog,
  rawRecord,
  runApplication,
} from './synthetic-lab.ts';

const good = rawRecord(1, 300);
const bad: Record<string, LogRecord> = {
  'no value': { ...good, value: null },
  'not the wire format': { ...good, value: Buffer.from('{"sku":"sku_000001"}') },
  'a schema id that is not registered': {
    ...good,
    value: Buffer.concat([
      Buffer.from([0, 0, 0, 0, 99]),
      (good.value ?? Buffer.alloc(5)).subarray(5),
    ]),
  },
  "another record's schema": {
    ...good,
    value: encode(11, {
      ...{ sku: 'sku_000001', year: 2000, month: 1, records: 1 },
      ...{ manufactured_qty: 1, partition: 0, version: 1 },
    }),
  },
  'a value cut off': { ...good, value: good.value?.subarray(0, -2) ?? null },
  'no seq header': { ...good, headers: [] },
  'a seq that is no number': { ...good, headers: [[Buffer.from('seq'), Buffer.from('-1')]] },
  'a month that does not exist': rawRecord(1, 300, {
    change: (fields) => {
      fields.month = 13;
    },
  }),
};

/** The log with a record put in at partition 1, offset 300, and a correct application that sets it aside. */
async function withRecord(record: LogRecord, deadLetters?: readonly LogRecord[]): Promise<Verdict> {
  const log = makeLog();
  log[1]?.splice(300, 0, record);
  const application = { version: 'v1', skip: new Set(['1:300']) } as const;
  const { state } = await runApplication(log, application);
  const meta = state.partitions[1]?.meta;
  if (meta) meta.undecodable = '1';
  const letters = deadLetters ?? [deadLetter(1, 300, record)];
  return judgeRun({ log, state, deadLetters: letters }, application);
}

function firstOf({ invariants }: Verdict) {
  assert.equal(invariants.I9?.verdict, 'fail', invariants.I9?.detail);
  const [finding] = invariants.I9?.findings ?? [];
  return finding;
}

suite('I9 schema', () => {
  for (const [name, record] of Object.entries(bad)) {
    test(`${name}: dead-lettered it is counted, and everything passes`, async () => {
      const verdict = await withRecord(record);
      assert.equal(verdict.verdict, 'pass', JSON.stringify(verdict));
      assert.equal(verdict.undecodable, 1);
      assert.match(verdict.invariants.I9?.detail ?? '', /first at raw-data-in\/1 offset 300/);
    });

    test(`${name}: not dead-lettered it is found`, async () => {
      const finding = firstOf(await withRecord(record, []));
      assert.match(finding?.what ?? '', /was not dead-lettered/);
      assert.deepEqual([finding?.partition, finding?.offset], [1, 300]);
    });
  }

  test('a value out of range may be dead-lettered, and is then counted', async () => {
    const change = (fields: { manufactured_qty: number }) => {
      fields.manufactured_qty = -5;
    };
    const verdict = await withRecord(rawRecord(1, 300, { change }));
    assert.equal(verdict.verdict, 'pass', JSON.stringify(verdict));
    assert.equal(verdict.undecodable, 1);
  });

  test('a bad record may have several dead letters', async () => {
    const record = bad['no seq header'] ?? good;
    const letter = deadLetter(1, 300, record);
    assert.equal((await withRecord(record, [letter, letter])).verdict, 'pass');
  });

  test('a good record that was dead-lettered is lost', async () => {
    const log = makeLog();
    const deadLetters = [deadLetter(1, 300, rawRecord(1, 300))];
    const verdict = await judgeRun(
      { log, deadLetters },
      { version: 'v1', skip: new Set(['1:300']) },
    );
    assert.equal(firstOf(verdict)?.what, 'good record was dead-lettered');
    assert.equal(verdict.invariants.I3?.verdict, 'fail');
  });

  test('a dead letter of other bytes, of no record, and one that names none are found', async () => {
    const record = bad['no seq header'] ?? good;
    const letters = {
      'does not hold the record': deadLetter(1, 300, { ...record, value: Buffer.from('other') }),
      'the log does not have': deadLetter(1, 5_000, record),
      'names no record': record,
    };
    for (const [what, letter] of Object.entries(letters)) {
      const { invariants } = await withRecord(record, [deadLetter(1, 300, record), letter]);
      const whats = invariants.I9?.findings.map((each) => each.what).join() ?? '';
      if (what !== 'does not hold the record') assert.ok(whats.includes(what), whats);
    }
    const { invariants } = await withRecord(record, [letters['does not hold the record']]);
    assert.match(invariants.I9?.findings[0]?.what ?? '', /does not hold the record/);
  });

  test('a bad record that no one has come to yet needs no dead letter', async () => {
    const log = makeLog();
    log[1]?.push({ ...good, value: null });
    const verdict = await judgeRun({ log }, { version: 'v1', next: [1600, 800] });
    assert.equal(verdict.invariants.I9?.verdict, 'pass', verdict.invariants.I9?.detail);
    assert.equal(verdict.undecodable, 1);
  });

  test('records that a reader cannot read are all counted, with the first', async () => {
    const log = makeLog();
    const verdict = await judgeRun({ log, readerIds: [1, 12] });
    const finding = firstOf(verdict);
    assert.deepEqual([finding?.schemaId, finding?.offset], [1, 0]);
    assert.equal(verdict.undecodable, 2400);
  });

  test('v1, v2 and v3 with optional fields read each other', async () => {
    const log = makeLog((hour) => (hour < 300 ? 'v1' : hour < 500 ? 'v2' : 'v3'));
    const verdict = await judgeRun({ log, readerIds: [1, 2, 3] }, { version: 'v3' });
    assert.equal(verdict.verdict, 'pass', JSON.stringify(verdict.invariants.I9));
  });

  test('without a reader schema it is inconclusive', async () => {
    const verdict = await judgeRun({ log: makeLog(), readerIds: [] });
    assert.equal(verdict.invariants.I9?.verdict, 'inconclusive');
  });
});

suite('I9 with a timeline, which tells that dead letters are all that a live version could not read', () => {
  const timeline = [
    { atMs: 0, kind: 'platform', event: 'ready', subject: 'x', detail: '' },
  ] as const;

  test('records that nobody had to read with a schema that cannot are no finding', async () => {
    const log = makeLog();
    const history = await makeHistory({
      ...{ log, readerIds: [1, 12], ...(await runApplication(log, { version: 'v1' })) },
    });
    assert.equal(judgeOf({ history }).invariants.I9?.verdict, 'fail');
    const { invariants, undecodable } = judgeOf({ history, timeline });
    assert.deepEqual([invariants.I9?.verdict, undecodable], ['pass', 0]);
  });

  test('good records that a live version dead-lettered are undecodable, and not lost', async () => {
    const log = makeLog();
    const application = { version: 'v1', skip: new Set(['1:300']) } as const;
    const correct = await runApplication(log, application);
    const meta = correct.state.partitions[1]?.meta;
    if (meta) meta.undecodable = '1';
    const deadLetters = [deadLetter(1, 300, rawRecord(1, 300))];
    const history = await makeHistory({ log, deadLetters, readerIds: [1, 12], ...correct });
    const { invariants, undecodable, lost } = judgeOf({ history, timeline });
    assert.deepEqual([undecodable, lost], [1, 0], JSON.stringify(invariants));
    assert.deepEqual(
      [invariants.I1, invariants.I2, invariants.I3].map((each) => each?.verdict),
      [...['pass', 'pass', 'pass']],
    );
    const [finding] = invariants.I9?.findings ?? [];
    assert.match(finding?.what ?? '', /^good record was dead-lettered: /);
    assert.deepEqual([finding?.offset, finding?.schemaId, finding?.version], [300, 1, 'v1']);
  });
});
