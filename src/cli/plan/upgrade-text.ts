/** The plan of an upgrade of the application as lines for people. */

import type { Experiment } from '../../experiment/experiment.ts';
import type { PlannedWay, UpgradeQuestion } from '../../experiment/planner/plan-upgrade.ts';
import type { PredictedFinding, Prediction } from '../../experiment/prediction.ts';
import type { PlanPaint } from './paint.ts';
import { spaced } from './spaced.ts';

/** A table of all ways, then a counterexample of each kind of harm. */
export function describeWays(
  { from, to, style, compatibility }: UpgradeQuestion,
  ways: readonly PlannedWay[],
  paint: PlanPaint,
): readonly string[] {
  const rows = ways.map(({ strategy, order, prediction }) => {
    const name = strategy === 'stop-all' ? 'stop-all' : `${strategy.padEnd(12)}${order}`;
    const verdict = paint.verdict(prediction.verdict, prediction.verdict.padEnd(22));
    return `  ${name.padEnd(30)}${verdict}${kindsOf(prediction)}`.trimEnd();
  });
  return [
    '',
    `  ${paint.strong(`${from} to ${to}`)}, ${style} fields, registry at ${compatibility}`,
    '',
    ...rows,
    ...refusalsOf(ways[0]?.prediction, paint),
    ...counterexamples(ways, paint),
    '',
  ];
}

/** One way in full: what the registry answers, the states, the verdict and what the data suffer. */
export function describeWay(
  title: string,
  prediction: Prediction,
  paint: PlanPaint,
): readonly string[] {
  const { states, findings, verdict, outcome } = prediction;
  return [
    '',
    `  ${paint.strong(title)}`,
    '',
    '  Registry',
    ...prediction.registrations.flatMap(({ subject, version, accepted, reasons }) => [
      `    ${subject.padEnd(21)}${version}  ${paint.verdict(accepted ? 'accepted' : 'refused')}`,
      ...reasons.map((reason) => `      ${reason}`),
    ]),
    '',
    '  States',
    ...states.map(({ title: name }, index) => {
      const harm = findings.filter(({ state }) => state === name).map(({ kind }) => kind);
      const mark =
        harm.length === 0 ? '' : `  ${paint.verdict('unsafe', [...new Set(harm)].join(', '))}`;
      return `  ${String(index + 1).padStart(3)}  ${name}${mark}`;
    }),
    '',
    `  ${paint.verdict(verdict, verdict.toUpperCase())}  ${outcomeText(outcome)}`,
    ...findings.flatMap((finding) => ['', ...describeFinding(finding, paint)]),
    '',
  ];
}

/** An experiment: its question, then what is predicted beside what it expects. */
export function describeExperiment(
  { name, question, expect }: Experiment,
  prediction: Prediction,
  paint: PlanPaint,
): readonly string[] {
  const agrees = expect.verdict === prediction.verdict && expect.outcome === prediction.outcome;
  const expected = `expected: ${expect.verdict}, ${expect.outcome}`;
  return [
    ...describeWay(`${name}: ${question}`, prediction, paint).slice(0, -1),
    '',
    agrees ? `  as ${expected}` : `  ${paint.verdict('unsafe', `not as ${expected}`)}`,
    '',
  ];
}

const outcomes = {
  promoted: 'it goes through to the end',
  'rolled-back': 'it is taken back on the way',
  refused: 'the registry refuses it before anything changes',
  paused: 'it pauses',
} as const;

function outcomeText(outcome: Prediction['outcome']): string {
  return outcomes[outcome];
}

function kindsOf({ findings }: Prediction): string {
  return [...new Set(findings.map(({ kind }) => kind))].join(', ');
}

/** The registry answers all ways alike. */
function refusalsOf(prediction: Prediction | undefined, paint: PlanPaint): readonly string[] {
  const refused = (prediction?.registrations ?? []).filter(({ accepted }) => !accepted);
  return refused.flatMap(({ subject, reasons }) => [
    '',
    `  ${paint.verdict('refused')} by the registry: ${subject}`,
    ...reasons.map((reason) => `    ${reason}`),
  ]);
}

/** Each harm once, with the ways that do it. */
function counterexamples(ways: readonly PlannedWay[], paint: PlanPaint): readonly string[] {
  const harms = new Map<string, { finding: PredictedFinding; by: string[] }>();
  for (const { strategy, order, prediction } of ways) {
    for (const finding of prediction.findings) {
      const key = [finding.kind, finding.writer, finding.reader].join();
      const harm = harms.get(key) ?? { finding, by: [] };
      harm.by.push(strategy === 'stop-all' ? strategy : `${strategy} ${order}`);
      harms.set(key, harm);
    }
  }
  return [...harms.values()].flatMap(({ finding, by }) => [
    '',
    ...describeFinding(finding, paint),
    `    ${paint.faint(`so by      ${by.join(', ')}`)}`,
  ]);
}

function describeFinding(finding: PredictedFinding, paint: PlanPaint): readonly string[] {
  const { kind, why, state, writer, reader, record, readAs } = finding;
  const lines = [`  ${paint.verdict('unsafe', kind)}  ${why}`, `    state      ${state}`];
  if (record === null) return lines;
  return [
    ...lines,
    `    ${writer} wrote   ${spaced(JSON.stringify(record))}`,
    `    ${reader} reads   ${spaced(readAs)}`,
  ];
}
