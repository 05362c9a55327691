/** Carries out `cutover plan`: an experiment file, two versions of the application, or the schemas of a subject. */

import type {
  Compatibility,
  Order,
  SchemaStyle,
  StrategyName,
} from '../../experiment/experiment.ts';
import { loadExperiment } from '../../experiment/load.ts';
import { planSchemas } from '../../experiment/planner/plan-schemas.ts';
import { SchemaTextError } from '../../experiment/planner/plan-subject.ts';
import { planUpgrade } from '../../experiment/planner/plan-upgrade.ts';
import { predict } from '../../experiment/planner/predict.ts';
import type { Terminal } from '../terminal.ts';
import { exitCodeOfPlan, exitCodeOfSubject } from './exit-code.ts';
import { createPlanPaint } from './paint.ts';
import type { PlanOptions } from './plan-options.ts';
import { listOf } from './plan-options.ts';
import { NoRegistryError, readSubject, SubjectProblems } from './read-subject.ts';
import { describeSubject } from './subject-text.ts';
import { describeExperiment, describeWay, describeWays } from './upgrade-text.ts';
import { wrapLine } from './wrap-line.ts';

const wrongUsageExitCode = 64;
const notSafeExitCode = 1;
const inconclusiveExitCode = 2;

/** Plans what checked options ask for, prints it, and answers with the exit code. */
export async function runPlan(
  terminal: Terminal,
  file: string | undefined,
  options: PlanOptions,
): Promise<number> {
  try {
    if (file !== undefined) return await planFile(terminal, file, options);
    return options.subject === undefined
      ? planVersions(terminal, options)
      : await planSubjectOf(terminal, options);
  } catch (error) {
    if (error instanceof SubjectProblems || error instanceof SchemaTextError) {
      return refuse(terminal, error.problems);
    }
    if (!(error instanceof NoRegistryError)) throw error;
    terminal.note(`cutover plan: ${error.message}`);
    return inconclusiveExitCode;
  }
}

function refuse(terminal: Terminal, problems: readonly string[]): number {
  for (const problem of problems) terminal.note(`cutover plan: ${problem}`);
  return wrongUsageExitCode;
}

async function planFile(terminal: Terminal, file: string, options: PlanOptions): Promise<number> {
  const experiment = await loadExperiment(file);
  const prediction = predict(experiment);
  const { name, question, expect } = experiment;
  const json = { experiment: name, question, expected: expect, predicted: prediction };
  print(terminal, options, json, describeExperiment(experiment, prediction, paintOf()));
  return exitCodeOfPlan([prediction]);
}

function planVersions(terminal: Terminal, options: PlanOptions): number {
  const { from = '', to = '', style = 'optional', compatibility = 'BACKWARD' } = options;
  const question = {
    ...{ from, to, style: style as SchemaStyle, compatibility: compatibility as Compatibility },
    ...(options.strategy === undefined ? {} : { strategy: options.strategy as StrategyName }),
    ...(options.order === undefined ? {} : { order: options.order as Order }),
  };
  const ways = planUpgrade(question);
  const [only] = ways;
  const lines =
    ways.length === 1 && only !== undefined
      ? describeWay(titleOf(question, only.strategy, only.order), only.prediction, paintOf())
      : describeWays(question, ways, paintOf());
  const json = {
    ...{ from, to, style, compatibility },
    ways: ways.map(({ prediction, ...way }) => ({ ...way, ...prediction })),
  };
  print(terminal, options, json, lines);
  return exitCodeOfPlan(ways.map(({ prediction }) => prediction));
}

function titleOf(
  {
    from,
    to,
    style,
    compatibility,
  }: Readonly<Record<'from' | 'to' | 'style' | 'compatibility', string>>,
  strategy: string,
  order: string,
): string {
  const way = strategy === 'stop-all' ? strategy : `${strategy}, ${order}`;
  return `${from} to ${to}: ${way}, ${style} fields, registry at ${compatibility}`;
}

async function planSubjectOf(terminal: Terminal, options: PlanOptions): Promise<number> {
  const { subject = '', order } = options;
  const read = await readSubject(options);
  const compatibility = (options.compatibility as Compatibility | undefined) ?? read.compatibility;
  const trueDefaults = listOf(options.trueDefaults);
  const plan = planSchemas(read.type, { ...read, trueDefaults });
  const registrySays = compatibility === read.compatibility ? read.registrySays : undefined;
  const judged = { subject, compatibility, registrySays };
  const json = {
    ...{ subject, compatibility: compatibility ?? null, registrySays: registrySays ?? null },
    ...plan,
  };
  const lines = describeSubject(judged, plan, paintOf());
  print(terminal, options, json, lines);
  if (registrySays === false) return notSafeExitCode;
  return exitCodeOfSubject(plan, compatibility, order as Order | undefined);
}

function print(
  terminal: Terminal,
  { json }: PlanOptions,
  value: unknown,
  lines: readonly string[],
): void {
  if (json === true) terminal.result(JSON.stringify(value));
  else for (const line of lines.flatMap(fit)) terminal.result(line);
}

function paintOf() {
  return createPlanPaint(process.stdout.isTTY === true && process.env.NO_COLOR === undefined);
}

/** Lines are broken for a terminal only: whoever reads a file or a pipe wants them whole. */
function fit(line: string): readonly string[] {
  const { isTTY, columns } = process.stdout;
  return isTTY === true ? wrapLine(line, columns) : [line];
}
