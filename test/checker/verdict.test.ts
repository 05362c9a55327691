/** Tests how verdicts of invariants become one, and that a checker that crashes never passes. */

import assert from 'node:assert/strict';
import test, { suite } from 'node:test';
import { foldLog } from '../../src/checker/fold-log.ts';
import { exitCodeOf, judgeHistory } from '../../src/checker/verdict.ts';
import { judgeRun, makeHistory, makeLog, runApplication } from './synthetic-lab.ts';

suite('the verdict', () => {
  test('a clean run passes with its numbers, exit code 0', async () => {
    const verdict = await judgeRun({ log: makeLog(() => 'v3') }, { version: 'v3' });
    assert.equal(verdict.verdict, 'pass');
    assert.equal(exitCodeOf(verdict), 0);
    assert.deepEqual([verdict.records, verdict.keys], [2400, 6]);
    assert.ok(Object.values(verdict.totals).every((total) => Number(total) > 0));
    const { lost, duplicated, misAggregated, stale, undecodable, unavailable } = verdict;
    assert.deepEqual(
      [lost, duplicated, misAggregated, stale, undecodable, unavailable],
      Array(6).fill(0),
    );
  });

  test('is the same for a history that was saved and read again', async () => {
    const log = makeLog();
    const history = await makeHistory({ log, ...(await runApplication(log, { version: 'v1' })) });
    assert.deepEqual(judgeHistory(JSON.parse(JSON.stringify(history))), judgeHistory(history));
  });

  test('a part that is missing makes its invariants unknown, exit code 2', async () => {
    const log = makeLog();
    const history = await makeHistory({ log, ...(await runApplication(log, { version: 'v1' })) });
    const { state, ...stateless } = history;
    const verdict = judgeHistory(stateless);
    assert.ok(state);
    assert.equal(verdict.verdict, 'unknown');
    assert.equal(exitCodeOf(verdict), 2);
    assert.deepEqual(
      Object.values(verdict.invariants).map((each) => each.verdict),
      ['pass', 'unknown', 'unknown', 'pass'],
    );
  });

  test('a crash in one invariant makes it unknown, and a failure of another still fails', async () => {
    const log = makeLog();
    const history = await makeHistory({ log, ...(await runApplication(log, { version: 'v1' })) });
    const rest = history.rest.map((answer) => ({ ...answer, version: 'v9' }));
    const crashed = judgeHistory({ ...history, rest });
    assert.equal(crashed.invariants.I2?.verdict, 'unknown');
    assert.equal(crashed.verdict, 'unknown');
    log[0]?.splice(5, 1);
    const failing = await makeHistory({ log, rest });
    assert.equal(judgeHistory(failing).verdict, 'fail');
    assert.equal(exitCodeOf(judgeHistory(failing)), 1);
  });

  test('keeps the first findings of each kind and counts all', async () => {
    const log = makeLog().map((records) => records.filter((_, offset) => offset % 10 !== 5));
    const doubled = log.map((records) => [...records, ...records.slice(0, 100)]);
    const verdict = await judgeRun({ log: doubled });
    assert.equal(verdict.invariants.I1?.counts.duplicated, 200);
    const kept = verdict.invariants.I1?.findings.filter(({ kind }) => kind === 'duplicated');
    assert.equal(kept?.length, 20);
    assert.equal(verdict.lost, 240);
  });

  test('a log that was read only in part is refused', async () => {
    const partitions = [{ partition: 0, start: 0, end: 10 }];
    async function* nothing() {
      yield* [];
    }
    const folding = foldLog(
      { runId: 'run-1', seed: 1, skus: 1, order: 'chronological' },
      {
        extent: { topic: 'raw-data-in', topicId: 'topic-1', partitions },
        ...{ batches: nothing(), deadLetters: nothing(), nexts: new Map(), readers: [] },
        schemaById: async () => undefined,
      },
    );
    await assert.rejects(folding, /read only to offset 0 of 10/);
  });
});
