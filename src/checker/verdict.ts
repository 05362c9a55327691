/** Judges a run: every invariant, then one verdict over all of them. */

import type { FindingKind, History } from '../history/history.ts';
import type { SavedCheck } from '../history/saved-run.ts';
import { judgeIntake } from './i1-intake.ts';
import { judgeTotals } from './i2-totals.ts';
import { judgePrefix } from './i3-prefix.ts';
import { judgeGap } from './i4-gap.ts';
import { judgeFence } from './i5-fence.ts';
import { judgeReader } from './i6-reader.ts';
import { countUnavailable, judgeAvailability } from './i7-availability.ts';
import { judgeLiveness } from './i8-liveness.ts';
import { countUndecodable, judgeSchema } from './i9-schema.ts';
import type { InvariantVerdict, JudgeOptions, RunParts, VerdictWord } from './invariant.ts';
import { totalsOf } from './totals.ts';
import { MEASURES } from './workload.ts';

/** What `cutover verify` answers; the counts are of records, rows or answers. */
export interface Verdict extends SavedCheck {
  /** Sum over all keys by measure; null where not every record knew the field. */
  readonly totals: Readonly<Record<string, number | null>>;
}

/** Judges a history alone. */
export function judgeHistory(history: History, options: JudgeOptions = {}): Verdict {
  return judgeRun({ history }, options);
}

/** Judges a run that was just made or read from files; it never throws for what the run says. */
export function judgeRun(parts: RunParts, options: JudgeOptions = {}): Verdict {
  const { history, timeline, stateCalls } = parts;
  const [intake, totals, prefix, schema] = [
    judgeIntake(history, options),
    judgeTotals(history),
    judgePrefix(history),
    judgeSchema(parts),
  ];
  const ofCalls = stateCalls ? [judgeGap(stateCalls), judgeFence(stateCalls, history.output)] : [];
  const recorded = new Set(timeline?.map(({ kind }) => kind));
  const ofReaders =
    timeline && recorded.has('probe')
      ? [judgeReader(timeline), judgeAvailability(timeline, options)]
      : [];
  const ofCounting = timeline && recorded.has('sample') ? [judgeLiveness(timeline, options)] : [];
  const all = [intake, totals, prefix, ...ofCalls, ...ofReaders, ...ofCounting, schema];
  const reader = ofReaders[0]?.counts;
  // I4 and I5 tell how data came to be wrong, not how many; what is wrong in state or rows is counted by I2 and I3.
  const count = (kind: FindingKind): number =>
    intake.counts[kind] +
    Math.max(totals.counts[kind], prefix.counts[kind]) +
    schema.counts[kind] +
    (reader?.[kind] ?? 0);
  return {
    verdict: overall(all),
    lost: count('lost'),
    duplicated: count('duplicated'),
    misAggregated: count('mis-aggregated'),
    stale: count('stale'),
    undecodable: countUndecodable(parts),
    unavailable: count('unavailable') + countUnavailable(timeline ?? []),
    invariants: Object.fromEntries(all.map((each) => [each.id, withVersions(each, history)])),
    records: history.log?.records ?? 0,
    ...sums(history),
    errors: history.errors,
  };
}

/** Names the version that wrote a record wherever only its schema was known. */
function withVersions(invariant: InvariantVerdict, { log }: History): InvariantVerdict {
  const versions = new Map(log?.writers.map((each) => [each.schemaId, each.version]));
  const findings = invariant.findings.map((finding) => ({
    ...finding,
    version: finding.version ?? versions.get(finding.schemaId ?? -1) ?? null,
  }));
  return { ...invariant, findings };
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
