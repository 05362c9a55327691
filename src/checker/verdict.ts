/** Judges a history: every invariant, then one verdict over all of them. */

import type { FindingKind, History } from '../history/history.ts';
import { judgeIntake } from './i1-intake.ts';
import { judgeTotals } from './i2-totals.ts';
import { judgePrefix } from './i3-prefix.ts';
import { judgeSchema } from './i9-schema.ts';
import type { InvariantVerdict, JudgeOptions, VerdictWord } from './invariant.ts';
import { totalsOf } from './totals.ts';
import { MEASURES } from './workload.ts';

/** What `cutover verify` answers; the counts are of records, rows or answers. */
export interface Verdict {
  readonly verdict: VerdictWord;
  readonly lost: number;
  readonly duplicated: number;
  readonly misAggregated: number;
  readonly stale: number;
  /** Bad records, also the ones that were dead-lettered as they must be, and records that a live reader cannot read. */
  readonly undecodable: number;
  readonly unavailable: number;
  readonly invariants: Readonly<Record<string, InvariantVerdict>>;
  /** Records read from the log. */
  readonly records: number;
  /** (SKU, month) pairs in the log. */
  readonly keys: number;
  /** Sum over all keys by measure; null where not every record knew the field. */
  readonly totals: Readonly<Record<string, number | null>>;
  /** What could not be collected, and why. */
  readonly errors: History['errors'];
}

/** Judges a history that was taken from a lab or read from a file; it never throws for what the history says. */
export function judgeHistory(history: History, options: JudgeOptions = {}): Verdict {
  const all = [
    judgeIntake(history, options),
    judgeTotals(history),
    judgePrefix(history),
    judgeSchema(history),
  ];
  const [intake, totals, prefix, schema] = all.map(({ counts }) => counts);
  const count = (kind: FindingKind): number =>
    (intake?.[kind] ?? 0) +
    Math.max(totals?.[kind] ?? 0, prefix?.[kind] ?? 0) +
    (schema?.[kind] ?? 0);
  return {
    verdict: overall(all),
    lost: count('lost'),
    duplicated: count('duplicated'),
    misAggregated: count('mis-aggregated'),
    stale: count('stale'),
    undecodable: undecodable(history),
    unavailable: count('unavailable'),
    invariants: Object.fromEntries(all.map((invariant) => [invariant.id, invariant])),
    records: history.log?.records ?? 0,
    ...sums(history),
    errors: history.errors,
  };
}

/** Exit code of a verdict: 0 pass, 1 fail, 2 inconclusive or unknown. */
export function exitCodeOf({ verdict }: Verdict): 0 | 1 | 2 {
  if (verdict === 'pass') return 0;
  return verdict === 'fail' ? 1 : 2;
}

function overall(invariants: readonly InvariantVerdict[]): VerdictWord {
  const words = new Set(invariants.map(({ verdict }) => verdict));
  return (['fail', 'unknown', 'inconclusive'] as const).find((word) => words.has(word)) ?? 'pass';
}

function undecodable({ log, output }: History): number {
  const unreadable = log?.writers.filter(({ unreadableBy }) => unreadableBy.length > 0) ?? [];
  const records = unreadable.reduce((sum, writer) => sum + writer.records, 0);
  return (log?.undecodable ?? 0) + records + (output?.undecodable ?? 0);
}

function sums({ log }: History): Pick<Verdict, 'keys' | 'totals'> {
  const totals: Record<string, number | null> = {};
  for (const measure of MEASURES) totals[measure] = 0;
  let keys = 0;
  for (const { final } of log?.partitions ?? []) {
    for (const fold of Object.values(final.totals)) {
      keys++;
      const ofKey = totalsOf(fold);
      for (const measure of MEASURES) {
        const [sum, value] = [totals[measure] ?? null, ofKey[measure]];
        totals[measure] = sum === null || value === null ? null : sum + value;
      }
    }
  }
  return { keys, totals };
}
