/** The top of a report: the question, the answer, and whether it is the predicted one; to be understood in ten seconds. */

import type { FindingKind } from '../history/history.ts';
import type { Answer, RunVerdict, SavedRun } from '../history/saved-run.ts';
import type { ProbeSample } from '../history/timeline.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import type { Tone } from './words.ts';
import { grouped, marks, outcomeWords, plural, verdictWords } from './words.ts';

/** The question and the answer. */
export function answerSection(run: SavedRun): Html {
  const { experiment, verdict, prediction } = run;
  const question = experiment?.question ?? 'The experiment of this run cannot be read.';
  const word = verdict === null ? unjudged : verdictWords[verdict.observed.verdict];
  const outcome = verdict === null ? null : outcomeWords[verdict.observed.outcome];
  return html`<header class="answer ${word.tone}">
    <p class="eyebrow">Question</p>
    <h1>${question}</h1>
    <p class="verdict" id="verdict"><span class="mark" aria-hidden="true">${marks[word.tone]}</span>
      <strong>${word.text}</strong>${outcome === null ? null : html`<span class="outcome">${outcome}</span>`}</p>
    <p class="summary">${verdict === null ? 'The run was not judged; judge it with cutover verify.' : summaryOf(verdict, run)}</p>
    ${comparison(verdict, prediction)}
  </header>`;
}

const unjudged: { readonly text: string; readonly tone: Tone } = {
  text: 'Not judged',
  tone: 'open',
};

/** What it rests on, in a sentence or two. */
function summaryOf(verdict: RunVerdict, { timeline }: SavedRun): string {
  const { check, found, observed, reasons } = verdict;
  const judged = `${plural(check.records, 'record')} in ${plural(check.keys, 'total')} were checked.`;
  const readers = describeReaders(timeline.filter((event) => event.kind === 'probe'));
  if (observed.verdict === 'safe') {
    return `${judged} Nothing was lost, doubled, wrong, out of date or unreadable. ${readers}`;
  }
  if (observed.outcome === 'refused' || observed.verdict === 'inconclusive' || found.length === 0) {
    return `${reasons.join(' ')} ${judged}`;
  }
  return `${describeFound(verdict)} ${judged} ${readers}`;
}

function describeFound({ check, found }: RunVerdict): string {
  const counts: Readonly<Record<FindingKind, string>> = {
    lost: `${plural(check.lost, 'record')} lost`,
    duplicated: `${plural(check.duplicated, 'record')} counted twice`,
    'mis-aggregated': plural(check.misAggregated, 'wrong total'),
    stale: `${plural(check.stale, 'total')} out of date`,
    undecodable: `${plural(check.undecodable, 'record')} not readable`,
    unavailable: `${plural(check.unavailable, 'answer')} missing`,
  };
  return `${found.map((kind) => counts[kind]).join(', ')}.`;
}

function describeReaders(probes: readonly ProbeSample[]): string {
  if (probes.length === 0) return '';
  const requests = probes.reduce((sum, each) => sum + each.requests, 0);
  const errors = probes.reduce((sum, each) => sum + each.errors, 0);
  const gap = Math.max(...probes.map(({ longestGapMs }) => longestGapMs));
  return `Readers asked ${grouped(requests)} times: ${plural(errors, 'error')}, the longest gap between two good answers was ${grouped(Math.round(gap))} ms.`;
}

function comparison(verdict: RunVerdict | null, prediction: SavedRun['prediction']): Html {
  const predicted = verdict?.predicted ?? prediction;
  return html`<div class="compare" role="group" aria-label="Predicted, observed and expected">
    ${card('Predicted', predicted, 'by the planner, before anything ran')}
    ${sign(verdict?.agrees)}
    ${card('Observed', verdict?.observed ?? null, 'on the running system')}
    <p class="expected">${expectation(verdict)}</p>
  </div>`;
}

function card(title: string, answer: Answer | null, by: string): Html {
  const word = answer === null ? unjudged : verdictWords[answer.verdict];
  return html`<div class="card ${word.tone}"><p class="eyebrow">${title} <span class="by">${by}</span></p>
    <p class="word"><span class="mark" aria-hidden="true">${marks[word.tone]}</span> ${word.text}</p>
    <p class="by">${answer === null ? '' : outcomeWords[answer.outcome]}</p></div>`;
}

function sign(agrees: boolean | undefined): Html {
  if (agrees === undefined) return html`<p class="sign">–</p>`;
  return agrees
    ? html`<p class="sign good"><span aria-hidden="true">=</span><span>as predicted</span></p>`
    : html`<p class="sign bad"><span aria-hidden="true">≠</span><span>not as predicted</span></p>`;
}

function expectation(verdict: RunVerdict | null): Content {
  if (verdict === null) return '';
  const { expected, asExpected } = verdict;
  const words = `${verdictWords[expected.verdict].text}, ${outcomeWords[expected.outcome]}`;
  return asExpected
    ? html`<span class="mark good" aria-hidden="true">✔</span> The experiment expects this: ${words}.`
    : html`<span class="mark bad" aria-hidden="true">✖</span> The experiment expects something else: ${words}.`;
}

type Content = Html | string;
