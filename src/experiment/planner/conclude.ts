/** What of the findings remains in the end, and the verdict that follows. */

import type { Experiment, Outcome, RolloutVerdict } from '../experiment.ts';
import type { PredictedFinding, Prediction } from '../prediction.ts';
import type { PlacedFinding } from './find-findings.ts';

/** Hours of the longest month: so many records of a SKU must come in a step for a whole month to begin in it. */
const HOURS_OF_A_MONTH = 744;

/** How a run ended. */
interface End {
  readonly outcome: Outcome;
  /** State (namespace) that readers are served from. */
  readonly served: string;
}

/** Findings that remain and can be seen, and the verdict; inconclusive where too few records come to see any of them. */
export function conclude(
  all: readonly PlacedFinding[],
  experiment: Experiment,
  { outcome, served }: End,
): Pick<Prediction, 'verdict' | 'findings'> {
  const kept = all.filter((finding) => !isHealed(finding, served));
  const findings = kept.filter((finding) => isVisible(finding, experiment));
  const cannotBeSeen = kept.length > 0 && findings.length === 0;
  const verdict = cannotBeSeen ? 'inconclusive' : verdictOf(findings, experiment, outcome);
  return { verdict, findings: findings.map(toFinding) };
}

/** Wrong totals of months that two versions counted look unknown, as they must; only whole months show what is wrong. */
export function isVisible(
  { kind, namespace, isDamage }: PlacedFinding,
  { workload, upgrades }: Experiment,
): boolean {
  const inPlace = kind === 'stale' || (kind === 'mis-aggregated' && namespace === 'first');
  if (!inPlace || isDamage) return true;
  const bake = Math.min(...upgrades.map(({ bakeRecords }) => bakeRecords));
  return workload.order === 'chronological' && bake / workload.skus >= HOURS_OF_A_MONTH;
}

/** Stale totals and damage are healed where readers are served from another state in the end. */
function isHealed({ kind, namespace, isDamage }: PlacedFinding, served: string): boolean {
  return (kind === 'stale' || isDamage === true) && namespace !== served;
}

/** An outage alone is not the registry's affair, so it is `unsafe` in every mode. */
function verdictOf(
  findings: readonly PredictedFinding[],
  { compatibility }: Experiment,
  outcome: Outcome,
): RolloutVerdict {
  if (outcome === 'refused') return findings.length === 0 ? 'rejected-but-safe' : 'rejected';
  if (findings.length === 0) return 'safe';
  const isOutageOnly = findings.every(({ kind }) => kind === 'unavailable');
  return isOutageOnly || compatibility === 'NONE' ? 'unsafe' : 'accepted-but-unsafe';
}

function toFinding(finding: PlacedFinding): PredictedFinding {
  const { kind, why, state, writer, reader, record, readAs } = finding;
  return { kind, why, state, writer, reader, record, readAs };
}
