/** `junit.xml` of a run, for the page of a build server: a case for each invariant, for the prediction and for the expectation. */

import type { RunVerdict, SavedInvariant, SavedRun } from '../history/saved-run.ts';
import { escapeXml } from './html.ts';
import { findingSentence, outcomeWords, verdictWords } from './words.ts';

interface Case {
  readonly name: string;
  /** What is printed with it. */
  readonly detail: string;
  /** Why it failed, or could not be judged; undefined where it passed. */
  readonly failure?: { readonly kind: 'failure' | 'error'; readonly message: string };
}

/** The file's text; invariants that an unsafe rollout breaks as it was expected to are failures all the same. */
export function junitOf(
  { manifest, timeline }: SavedRun,
  verdict: RunVerdict,
  name: string,
): string {
  const cases = [
    ...Object.values(verdict.check.invariants).map(invariantCase),
    ...answers(verdict),
  ];
  const count = (kind: string) => cases.filter(({ failure }) => failure?.kind === kind).length;
  const seconds = ((timeline.at(-1)?.atMs ?? 0) / 1000).toFixed(3);
  const attributes = [
    `name="${escapeXml(name)}" tests="${cases.length}" failures="${count('failure')}"`,
    `errors="${count('error')}" time="${seconds}"`,
    ...(manifest === null ? [] : [`timestamp="${escapeXml(manifest.startedAt)}"`]),
  ].join(' ');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites><testsuite ${attributes}>`,
    ...cases.map((each) => describe(name, each)),
    '</testsuite></testsuites>',
    '',
  ].join('\n');
}

function invariantCase({ id, name, verdict, detail, findings }: SavedInvariant): Case {
  const common = { name: `${id} ${name}`, detail };
  if (verdict === 'pass') return common;
  const kind = verdict === 'fail' ? 'failure' : 'error';
  const first = findings.map((finding) => `${finding.kind}: ${findingSentence(finding)}`);
  return { ...common, failure: { kind, message: [`${verdict}: ${detail}`, ...first].join('\n') } };
}

function answers({ observed, predicted, expected, agrees, asExpected, reasons }: RunVerdict) {
  const words = ({ verdict, outcome }: RunVerdict['observed']) =>
    `${verdictWords[verdict].text}, ${outcomeWords[outcome]}`;
  const compare = (
    name: string,
    what: string,
    wanted: RunVerdict['observed'],
    holds: boolean,
  ): Case => {
    const detail = `${what} ${words(wanted)}; observed: ${words(observed)}`;
    const message = [detail, ...reasons].join('\n');
    return { name, detail, ...(holds ? {} : { failure: { kind: 'failure', message } }) };
  };
  return [
    compare('predicted = observed', 'predicted:', predicted, agrees),
    compare('expected = observed', 'expected:', expected, asExpected),
  ];
}

function describe(suite: string, { name, detail, failure }: Case): string {
  const head = `<testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}">`;
  const out = `<system-out>${escapeXml(detail)}</system-out>`;
  if (failure === undefined) return `${head}${out}</testcase>`;
  const { kind, message } = failure;
  const first = message.split('\n')[0] ?? '';
  return `${head}<${kind} message="${escapeXml(first)}">${escapeXml(message)}</${kind}>${out}</testcase>`;
}
