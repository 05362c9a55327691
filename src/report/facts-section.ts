/** What a report rests on: the experiment as it was run, the invariants, and how to do the run again. */

import type { Experiment, Upgrade } from '../experiment/experiment.ts';
import type { RunVerdict, SavedRun } from '../history/saved-run.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import { grouped, moment } from './words.ts';

const checkMarks = { pass: '✔', fail: '✖', inconclusive: '?', unknown: '?' } as const;
const tones = { pass: 'good', fail: 'bad', inconclusive: 'open', unknown: 'open' } as const;

/** The invariants, a line each. */
export function invariantsSection(verdict: RunVerdict | null): Html | null {
  if (verdict === null) return null;
  const { invariants, errors } = verdict.check;
  return html`<section aria-labelledby="invariants-title"><h2 id="invariants-title">Invariants</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of the invariants"><table class="invariants"><thead><tr><th scope="col">Invariant</th><th scope="col">Verdict</th><th scope="col">What it rests on</th></tr></thead><tbody>
    ${Object.values(invariants).map(
      ({ id, name, verdict: word, detail }) => html`<tr><th scope="row"><b>${id}</b> ${name}</th>
        <td class="word"><span class="mark ${tones[word]}" aria-hidden="true">${checkMarks[word]}</span> ${word}</td><td>${detail}</td></tr>`,
    )}</tbody></table></div>
    ${errors.map(({ part, message }) => html`<p class="problem">Failed while ${part}: ${message}</p>`)}</section>`;
}

/** The experiment in short terms. */
export function experimentSection({ experiment }: SavedRun): Html | null {
  if (experiment === null) return null;
  const { workload, compatibility, style, start, upgrades, before, brokers, afterwards } =
    experiment;
  const facts: readonly (readonly [string, string])[] = [
    ['upgrade', [start, ...upgrades.map(({ to }) => to)].join(' → ')],
    ...upgrades.map(
      (each, at) =>
        [upgrades.length > 1 ? `strategy ${at + 1}` : 'strategy', strategyOf(each)] as const,
    ),
    ['schema style', style],
    ['compatibility', compatibility],
    ['already in the log', describeBefore(before)],
    ['workload', describeWorkload(workload)],
    ['brokers', String(brokers)],
    ...(afterwards === 'nothing' ? [] : [['afterwards', afterwards] as const]),
  ];
  return html`<section aria-labelledby="experiment-title"><h2 id="experiment-title">What was tried</h2>${list(facts)}</section>`;
}

function strategyOf({ strategy, order, build, rollback, steps }: Upgrade): string {
  const parts = [
    strategy,
    order,
    ...(strategy === 'canary' ? [`in steps of ${steps.join(', ')} %`] : []),
    ...(build === 'good' ? [] : [`with the defective build ${build}`]),
    ...(rollback === 'none'
      ? []
      : [`taken back ${typeof rollback === 'number' ? `at ${rollback} %` : rollback}`]),
  ];
  return parts.join(', ');
}

function describeBefore(before: Experiment['before']): string {
  const parts = before.map(({ version, records }) => `${grouped(records)} records of ${version}`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function describeWorkload({
  skus,
  records,
  ratePerSecond,
  order,
  partitions,
}: Experiment['workload']) {
  return `${grouped(records)} records or more of ${grouped(skus)} SKUs at ${grouped(ratePerSecond)} a second, ${order}, on ${partitions} partitions`;
}

/** Versions, machine and the command that does it again. */
export function provenanceSection({ manifest }: SavedRun): Html | null {
  if (manifest === null) return null;
  const { versions, machine, commit, dirty, platform, runId, seed, replay, startedAt } = manifest;
  const state =
    dirty === null ? '' : dirty ? ', with changes that are not committed' : ', nothing changed';
  const facts: readonly (readonly [string, string])[] = [
    ['started', moment(startedAt)],
    ['platform', platform],
    ...Object.entries(versions),
    ['commit', commit === null ? 'no clone' : `${commit.slice(0, 12)}${state}`],
    ['run, seed', `${runId}, ${seed}`],
    [
      'machine',
      `${machine.processors} × ${machine.processor}, ${Math.round(machine.memoryBytes / 1024 ** 3)} GiB, ${machine.system}`,
    ],
  ];
  return html`<section aria-labelledby="again-title"><h2 id="again-title">Do it again</h2>
    <p class="replay"><code id="replay">${replay}</code> <button type="button" id="copy">Copy</button></p>${list(facts)}</section>`;
}

function list(facts: readonly (readonly [string, string])[]): Html {
  return html`<dl class="facts">${facts.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}
