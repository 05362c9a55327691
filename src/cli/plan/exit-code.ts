/** Exit codes of `cutover plan`: 0 safe, 1 not safe, 2 inconclusive. */

import type { Compatibility, Order } from '../../experiment/experiment.ts';
import type { SubjectPlan } from '../../experiment/planner/plan-subject.ts';
import type { Prediction } from '../../experiment/prediction.ts';

/** Of the ways that were asked about, one that is safe is enough. */
export function exitCodeOfPlan(predictions: readonly Prediction[]): 0 | 1 | 2 {
  return codeOf(predictions.map(({ verdict }) => verdict));
}

/** Not safe where the mode refuses the schema; else as the order that was asked about, or the better of the two. */
export function exitCodeOfSubject(
  { modes, ways }: SubjectPlan,
  compatibility: Compatibility | undefined,
  order: Order | undefined,
): 0 | 1 | 2 {
  if (modes.some(({ mode, accepted }) => mode === compatibility && !accepted)) return 1;
  const asked = ways.filter(({ way }) => (order === undefined ? way !== 'replay' : way === order));
  return codeOf(asked.map(({ verdict }) => verdict));
}

function codeOf(verdicts: readonly string[]): 0 | 1 | 2 {
  if (verdicts.includes('safe')) return 0;
  return verdicts.includes('inconclusive') ? 2 : 1;
}
