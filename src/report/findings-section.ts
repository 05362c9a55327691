/** What is wrong, in words: each finding with the first record that shows it, and what was predicted. */

import type { PredictedFinding } from '../experiment/prediction.ts';
import type { Finding } from '../history/history.ts';
import type { RunVerdict, SavedInvariant, SavedRun } from '../history/saved-run.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import { findingSentence, grouped, kindWords, placeOf, valuesOf } from './words.ts';

/** Findings of the run; nothing where there are none. */
export function findingsSection(verdict: RunVerdict | null): Html | null {
  const all = Object.values(verdict?.check.invariants ?? {});
  const findings = all.flatMap((invariant) =>
    [...Map.groupBy(invariant.findings, ({ kind }) => kind).values()].flatMap(([first, ...more]) =>
      first === undefined ? [] : [article(invariant, first, more)],
    ),
  );
  if (findings.length === 0) return null;
  return html`<section aria-labelledby="findings-title"><h2 id="findings-title">What was found</h2>
    <div class="findings">${findings}</div></section>`;
}

function article(
  { id, name, counts }: SavedInvariant,
  finding: Finding,
  more: readonly Finding[],
): Html {
  const { kind, what } = finding;
  const count = Math.max(counts[kind], 1 + more.length);
  return html`<article class="finding">
    <h3><span class="mark bad" aria-hidden="true">✖</span> ${kindWords[kind]} <span class="count">${grouped(count)}×</span></h3>
    <p>${sentence(what)}${count > 1 ? ' The first:' : ''}</p>
    ${versus(finding)}
    <dl class="place">${placeOf(finding).map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>
    <p class="by">${kind}, found by invariant ${id} ${name}</p>
    ${more.length === 0 ? null : html`<details><summary>${more.length} more, one by one</summary><ol>${more.map((each) => html`<li>${findingSentence(each)}</li>`)}</ol></details>`}
  </article>`;
}

function versus(finding: Finding): Html | null {
  const values = valuesOf(finding);
  if (values.length === 0) return null;
  return html`<p class="versus">${values.map(([name, value]) => html`<span>${name} <b>${value}</b></span> `)}</p>`;
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

/** What the planner foretold: registrations and counterexamples; nothing where it foretold nothing. */
export function predictionSection({ prediction }: SavedRun): Html | null {
  if (prediction === null) return null;
  const { registrations, findings } = prediction;
  if (registrations.length === 0 && findings.length === 0) return null;
  return html`<section aria-labelledby="prediction-title"><h2 id="prediction-title">What was predicted</h2>
    ${
      registrations.length === 0
        ? null
        : html`<ul class="registrations">${registrations.map(
            ({
              subject,
              version,
              accepted,
              reasons,
            }) => html`<li><span class="mark ${accepted ? 'good' : 'bad'}" aria-hidden="true">${accepted ? '✔' : '✖'}</span>
        The registry ${accepted ? 'accepts' : 'refuses'} ${version} of <code>${subject}</code>${reasons.length === 0 ? '.' : `: ${reasons.join('; ')}.`}</li>`,
          )}</ul>`
    }
    ${findings.length === 0 ? html`<p>Nothing would go wrong with the data.</p>` : html`<div class="findings">${findings.map(counterexample)}</div>`}
  </section>`;
}

function counterexample({
  kind,
  why,
  state,
  writer,
  reader,
  record,
  readAs,
}: PredictedFinding): Html {
  return html`<article class="finding"><h3>${kindWords[kind]}</h3>
    <p>${why}</p>
    <dl class="place wide"><div><dt>first in the state</dt><dd>${state}</dd></div>
      ${record === null ? null : html`<div><dt>${writer} writes</dt><dd><code>${JSON.stringify(record)}</code></dd></div>`}
      <div><dt>${reader} reads</dt><dd><code>${readAs}</code></dd></div></dl></article>`;
}
