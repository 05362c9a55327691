/** I2, totals: after drain, for every key, state = independent fold of the log = latest summary row = REST. */

import type { History, LogHistory, StateHistory } from '../history/history.ts';
import { compareOutput } from './compare-output.ts';
import { compareRest } from './compare-rest.ts';
import type { InvariantVerdict, Judgement } from './invariant.ts';
import { grouped, judgeInvariant, requirePart } from './invariant.ts';
import { Tally } from './tally.ts';
import type { ExpectedKey, ExpectedTotals } from './totals.ts';
import { compareStateRow, keyColumns, liveMeasures } from './totals.ts';

/** Judges totals: all keys when drained, the settled ones when not (inconclusive then). */
export function judgeTotals(history: History): InvariantVerdict {
  const tally = new Tally(history.output?.contradictions);
  return judgeInvariant('I2', 'totals', tally, () => judge(history, tally));
}

function judge(history: History, tally: Tally): Judgement {
  const log = requirePart(history.log, 'the log');
  const state = requirePart(history.state, 'the state');
  const output = requirePart(history.output, 'the output topic');
  const lag = lagOf(log, state);
  const drained = lag.records === 0 && lag.dirty === 0;
  const measures = liveMeasures(history);
  const expected = { keys: expectedKeys(log, state, tally), drained, measures };
  compareState(expected, log, state, tally);
  compareOutput(expected, log, output, tally);
  for (const answer of history.rest) compareRest(expected, history.run.seed, answer, tally);
  const settled = [...expected.keys.values()].filter((key) => key.settled).length;
  const detail = [
    `${grouped(settled)} of ${grouped(expected.keys.size)} keys compared in log, state, ${grouped(output.rows.length)} summary rows`,
    `${history.rest.length} REST ${history.rest.length === 1 ? 'instance' : 'instances'}`,
    output.superseded === 0 ? '' : `${grouped(output.superseded)} superseded rows left out`,
    drained
      ? ''
      : `not drained: lag ${grouped(lag.records)} records, ${grouped(lag.dirty)} rows not published`,
  ];
  const enough = drained && expected.keys.size > 0 && history.rest.length > 0;
  return {
    verdict: enough && !isTruncated(log) ? 'pass' : 'inconclusive',
    detail: detail.filter((part) => part !== '').join(', '),
  };
}

function isTruncated(log: LogHistory): boolean {
  return log.partitions.some(({ start }) => start > 0);
}

function lagOf(log: LogHistory, state: StateHistory): { records: number; dirty: number } {
  const nexts = new Map(
    state.partitions.map((each) => [each.partition, Number(each.meta.next ?? 0)]),
  );
  return {
    records: log.partitions.reduce(
      (sum, { partition, end }) => sum + Math.max(0, end - (nexts.get(partition) ?? 0)),
      0,
    ),
    dirty: state.partitions.reduce((sum, { dirty }) => sum + Object.keys(dirty).length, 0),
  };
}

function expectedKeys(
  log: LogHistory,
  state: StateHistory,
  tally: Tally,
): Map<string, ExpectedKey> {
  const keys = new Map<string, ExpectedKey>();
  for (const { partition, prefix, final } of log.partitions) {
    const dirty = state.partitions.find((each) => each.partition === partition)?.dirty ?? {};
    for (const [key, fold] of Object.entries(final.totals)) {
      const settled = prefix?.totals[key]?.[8] === fold[8] && dirty[key] === undefined;
      const other = keys.get(key)?.partition;
      if (other !== undefined) {
        const what = `records of the month are in partition ${other}, too`;
        const at = { topic: log.topic, partition, offset: fold[6], schemaId: fold[7] };
        tally.add({ ...at, ...keyColumns(key), kind: 'mis-aggregated', what });
      }
      keys.set(key, { fold, partition, settled });
    }
  }
  return keys;
}

function compareState(
  expected: ExpectedTotals,
  log: LogHistory,
  state: StateHistory,
  tally: Tally,
): void {
  const rows = new Map(state.partitions.map(({ partition, totals }) => [partition, totals]));
  for (const [key, { fold, partition, settled }] of expected.keys) {
    if (!settled) continue;
    const place = { topic: log.topic, partition, offset: fold[6], schemaId: fold[7] };
    const at = { ...place, ...keyColumns(key), what: 'state' };
    compareStateRow(at, fold, rows.get(partition)?.[key], tally, expected.measures);
  }
}
