/** Compares the rows of the output topic with the fold of the log (a part of I2). */

import type { LogHistory, OutputHistory, OutputRow } from '../history/history.ts';
import type { PartialFinding, Tally } from './tally.ts';
import type { ExpectedKey, ExpectedTotals } from './totals.ts';
import { compareRecords, keyColumns, totalsOf } from './totals.ts';
import type { Measure } from './workload.ts';
import { MEASURES } from './workload.ts';

/** Adds a finding for each settled key whose latest row is missing, behind or different, and for rows of no key. */
export function compareOutput(
  expected: ExpectedTotals,
  log: LogHistory,
  output: OutputHistory,
  tally: Tally,
): void {
  const rows = new Map(output.rows.map((row) => [row.key, row]));
  for (const [key, expectedKey] of expected.keys) {
    if (!expectedKey.settled) continue;
    const row = rows.get(key);
    if (row !== undefined) compareRow(expectedKey, output.topic, row, expected.measures, tally);
    else reportMissing(key, expectedKey, log, tally);
  }
  for (const row of output.rows) {
    if (expected.keys.has(row.key)) continue;
    const what = 'summary row of a month of which the log holds no record';
    tally.add({ ...placeOf(output.topic, row), kind: 'mis-aggregated', what, expected: null });
  }
  if (output.undecodable > 0) {
    const what = 'summary rows do not decode';
    tally.add({ kind: 'undecodable', what, topic: output.topic }, output.undecodable);
  }
}

function reportMissing(
  key: string,
  { fold, partition }: ExpectedKey,
  log: LogHistory,
  tally: Tally,
): void {
  const at = { topic: log.topic, partition, offset: fold[6], schemaId: fold[7] };
  const what = 'no summary row for the month';
  tally.add({ ...at, ...keyColumns(key), kind: 'lost', what, expected: fold[0], found: 0 });
}

function compareRow(
  { fold, partition }: ExpectedKey,
  topic: string,
  row: OutputRow,
  measures: readonly Measure[],
  tally: Tally,
): void {
  const at = placeOf(topic, row);
  const version = Number(row.fields.version);
  const lastOffset = fold[8];
  if (version <= lastOffset) {
    const what = 'summary row is behind the state: version';
    tally.add({ ...at, kind: 'stale', what, expected: lastOffset + 1, found: version });
    return;
  }
  if (!compareRecords({ ...at, what: 'summary row' }, fold[0], Number(row.fields.records), tally))
    return;
  const totals: Record<string, number | string | null> = {
    ...keyColumns(row.key),
    ...totalsOf(fold),
    partition,
  };
  for (const name of ['sku', 'year', 'month', ...measures, 'partition']) {
    const [expected, found] = [totals[name] ?? null, row.fields[name]];
    if (found === undefined || found === expected) continue;
    const kind = found === null ? 'stale' : 'mis-aggregated';
    tally.add({ ...at, kind, what: `summary row: ${name}`, expected, found });
    return;
  }
}

function placeOf(topic: string, row: OutputRow): Omit<PartialFinding, 'kind' | 'what'> {
  const { partition, offset, schemaId, key, fields } = row;
  const newest = MEASURES.findLastIndex((measure) => fields[measure] !== undefined);
  return { topic, partition, offset, schemaId, version: `v${newest + 1}`, ...keyColumns(key) };
}
