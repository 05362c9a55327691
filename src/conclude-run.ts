/** Answers an experiment's question from what the checker found and what the course decided, and compares that with the prediction. */

import type { Experiment, Outcome, RolloutVerdict } from './experiment/experiment.ts';
import type { Prediction } from './experiment/prediction.ts';
import type { FindingKind } from './history/history.ts';
import type { Answer, RunVerdict, SavedCheck } from './history/saved-run.ts';
import type { DecisionEvent, GateEvent, TimelineEvent } from './history/timeline.ts';

/** What an answer rests on. */
export interface Concluded {
  readonly experiment: Experiment;
  readonly prediction: Prediction;
  readonly timeline: readonly TimelineEvent[];
}

/** What a gate that fails says of the data; the others tell of the build alone. */
const kindOfGate: Readonly<Record<string, FindingKind>> = {
  undecodable: 'undecodable',
  prefix: 'mis-aggregated',
  availability: 'unavailable',
};

const outcomes = {
  promote: 'promoted',
  pause: 'paused',
  'roll-back': 'rolled-back',
  refused: 'refused',
} as const;

/** Concludes a run; the same parts give the same answer, also long after it. */
export function concludeRun(run: Concluded, check: SavedCheck): RunVerdict {
  const { experiment, prediction } = run;
  const { findings: wanted, ...expected } = experiment.expect;
  const stopped = gatesThatStopped(run);
  const found = kindsOf(check, stopped);
  const { reasons, ...observed } = observe(run, check, found, stopped);
  const predicted = { verdict: prediction.verdict, outcome: prediction.outcome };
  return {
    format: 1,
    observed,
    predicted,
    expected,
    found,
    foretold: [...new Set(prediction.findings.map(({ kind }) => kind))],
    agrees: isSame(observed, predicted),
    asExpected: isSame(observed, expected) && wanted.every((kind) => found.includes(kind)),
    reasons,
    compatibility: experiment.compatibility,
    check,
  };
}

/** Exit code of an answer: 0 safe, 1 not safe, 2 inconclusive. */
export function exitCodeOfRun({ observed }: RunVerdict): 0 | 1 | 2 {
  if (observed.verdict === 'safe') return 0;
  return observed.verdict === 'inconclusive' ? 2 : 1;
}

function isSame(a: Answer, b: Answer): boolean {
  return a.verdict === b.verdict && a.outcome === b.outcome;
}

type Observed = Answer & Pick<RunVerdict, 'reasons'>;

function observe(
  run: Concluded,
  check: SavedCheck,
  found: readonly FindingKind[],
  stopped: readonly GateEvent[],
): Observed {
  const last = lastDecision(run.timeline);
  const outcome = outcomeOf(last);
  const answer = (verdict: RolloutVerdict, ...reasons: string[]) => ({ verdict, outcome, reasons });
  if (outcome === 'refused') return refused(run, last?.reason ?? '', check);
  const gates = stopped.map(
    ({ gate, detail }) => `The gate ${gate} stopped a good build: ${detail}.`,
  );
  const kinds = found.length === 0 ? [] : [`Found in the data: ${found.join(', ')}.`];
  if (found.length > 0 || stopped.length > 0 || check.verdict === 'fail') {
    return answer(unsafeWord(run, found), ...kinds, ...gates, ...failing(check));
  }
  if (last === undefined) return answer('inconclusive', 'The run ended before it was decided.');
  if (outcome === 'paused') return answer('inconclusive', `It was paused: ${last.reason}.`);
  if (check.verdict !== 'pass') {
    return answer('inconclusive', `The check is ${check.verdict}.`, ...failing(check));
  }
  return answer('safe', 'Nothing was lost, doubled, wrong, stale, undecodable or unavailable.');
}

/** Whether the refused rollout would have been safe is what the planner says of it with every registration accepted. */
function refused({ prediction }: Concluded, reason: string, check: SavedCheck): Observed {
  const outcome: Outcome = 'refused';
  const reasons = [`The registry refused it: ${reason}.`];
  if (check.verdict === 'fail') {
    return { verdict: 'unsafe', outcome, reasons: [...reasons, ...failing(check)] };
  }
  const [first] = prediction.findings;
  return first === undefined
    ? { verdict: 'rejected-but-safe', outcome, reasons: [...reasons, 'It would have been safe.'] }
    : {
        verdict: 'rejected',
        outcome,
        reasons: [...reasons, `It would not have been safe: ${first.why}`],
      };
}

/** An outage alone is no affair of the registry; under NONE nobody was asked. */
function unsafeWord({ experiment }: Concluded, found: readonly FindingKind[]): RolloutVerdict {
  const isOutage = found.length > 0 && found.every((kind) => kind === 'unavailable');
  return isOutage || experiment.compatibility === 'NONE' ? 'unsafe' : 'accepted-but-unsafe';
}

function failing(check: SavedCheck): readonly string[] {
  return Object.values(check.invariants)
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ id, name, verdict, detail }) => `${id} ${name}: ${verdict}, ${detail}.`);
}

function kindsOf(check: SavedCheck, stopped: readonly GateEvent[]): readonly FindingKind[] {
  const counts: Readonly<Record<FindingKind, number>> = {
    lost: check.lost,
    duplicated: check.duplicated,
    'mis-aggregated': check.misAggregated,
    stale: check.stale,
    undecodable: check.undecodable,
    unavailable: check.unavailable,
  };
  const kinds = (Object.keys(counts) as FindingKind[]).filter((kind) => counts[kind] > 0);
  return [...new Set([...kinds, ...stopped.flatMap(({ gate }) => kindOfGate[gate] ?? [])])];
}

/** Gates that ended the rollout of a good build that nobody meant to take back. */
function gatesThatStopped({ experiment, timeline }: Concluded): readonly GateEvent[] {
  const at = timeline.findIndex(
    (event) => event.kind === 'decision' && event.action === 'roll-back',
  );
  if (at < 0) return [];
  const number = timeline.slice(0, at).reduce((last, event) => {
    return event.kind === 'step' ? event.upgrade : last;
  }, 0);
  const upgrade = experiment.upgrades[number];
  if (upgrade?.build !== 'good' || upgrade.rollback !== 'none') return [];
  const words = new Map<string, GateEvent>();
  for (const event of timeline.slice(0, at))
    if (event.kind === 'gate') words.set(event.gate, event);
  return [...words.values()].filter(({ word }) => word === 'fail');
}

function lastDecision(timeline: readonly TimelineEvent[]): DecisionEvent | undefined {
  return timeline
    .filter((event) => event.kind === 'decision')
    .findLast(({ action }) => action !== 'restored');
}

function outcomeOf(last: DecisionEvent | undefined): Outcome {
  return last === undefined || last.action === 'restored' ? 'paused' : outcomes[last.action];
}
