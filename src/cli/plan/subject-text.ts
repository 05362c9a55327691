/** The plan of a subject's schemas as lines for people. */

import type { Compatibility } from '../../experiment/experiment.ts';
import type { SubjectFinding, SubjectPlan } from '../../experiment/planner/plan-subject.ts';
import type { PlanPaint } from './paint.ts';
import { spaced } from './spaced.ts';

const names = {
  'consumers-first': 'consumers first (new reads old)',
  'producers-first': 'producers first, or taken back (old reads new)',
  replay: 'replay, as blue-green and a rewind do (new reads all)',
} as const;

/** What was judged, and under which mode; undefined where none was named. */
export interface JudgedSubject {
  readonly subject: string;
  readonly compatibility: Compatibility | undefined;
  /** Whether the registry itself would take it; undefined where it was not asked. */
  readonly registrySays: boolean | undefined;
}

/** The lines. */
export function describeSubject(
  { subject, compatibility, registrySays }: JudgedSubject,
  { language, modes, ways, notJudged }: SubjectPlan,
  paint: PlanPaint,
): readonly string[] {
  const shown = modes.filter(({ mode }) => compatibility === undefined || mode === compatibility);
  return [
    '',
    `  ${paint.strong(subject)}  ${language}`,
    '',
    ...shown.flatMap(({ mode, accepted, reasons }) => [
      `  ${mode.padEnd(21)}${paint.verdict(accepted ? 'accepted' : 'refused')}`,
      ...(compatibility === undefined ? [] : reasons.map((reason) => `    ${reason}`)),
    ]),
    ...sayRegistry(registrySays, paint),
    '',
    ...ways.map(({ way, verdict, findings }) => {
      const kinds = [...new Set(findings.map(({ kind }) => kind))].join(', ');
      return `  ${names[way].padEnd(56)}${paint.verdict(verdict, verdict.padEnd(14))}${kinds}`.trimEnd();
    }),
    ...withoutRepeats(distinct(ways.flatMap(({ findings }) => findings))).flatMap((finding) =>
      describeFinding(finding, paint),
    ),
    ...(notJudged.length === 0
      ? []
      : ['', '  Not judged:', ...notJudged.map((part) => `    ${part}`)]),
    '',
  ];
}

/** A registry may have rules of its own beside those of the language. */
function sayRegistry(accepted: boolean | undefined, paint: PlanPaint): readonly string[] {
  if (accepted === undefined) return [];
  const word = accepted ? 'accepted' : 'refused';
  return [`  ${'the registry says'.padEnd(21)}${paint.verdict(word)}`];
}

function describeFinding(
  { kind, why, writer, reader, example }: SubjectFinding,
  paint: PlanPaint,
): readonly string[] {
  const word =
    kind === 'stale' ? paint.verdict('inconclusive', kind) : paint.verdict('unsafe', kind);
  const lines = ['', `  ${word}  ${why}`, `    ${reader} reads what ${writer} wrote`];
  if (example === null) return lines;
  return [
    ...lines,
    `    written    ${spaced(example.written)}`,
    `    read as    ${spaced(example.readAs)}`,
  ];
}

function distinct(findings: readonly SubjectFinding[]): readonly SubjectFinding[] {
  const keys = findings.map(({ kind, why, writer, reader }) => [kind, why, writer, reader].join());
  return findings.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

/** The example of a reader and a writer stands with the first finding about them. */
function withoutRepeats(findings: readonly SubjectFinding[]): readonly SubjectFinding[] {
  const pairs = findings.map(({ writer, reader }) => [writer, reader].join());
  return findings.map((finding, index) =>
    pairs.indexOf(pairs[index] ?? '') === index ? finding : { ...finding, example: null },
  );
}
