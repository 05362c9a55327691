/** The rollout as a picture: a lane for each service with its steps, a lane of what happened, and the same as a list. */

import type { StepEvent, TimelineEvent } from '../history/timeline.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import type { Mark } from './marks.ts';
import { reactionOf } from './marks.ts';
import { duration } from './words.ts';

const lanes = [
  [null, 'Whole'],
  ['generator', 'Generator'],
  ['back-end', 'Back end'],
  ['stats', 'Stats'],
] as const;
const glyphs = { good: '✔', bad: '✖', open: '?', fault: '⚡', event: '•', step: '' } as const;

/** A step with its end. */
interface Step extends StepEvent {
  readonly endMs: number;
  readonly over: string;
}

/** The section; `versions` tells the colours apart. */
export function courseSection(
  timeline: readonly TimelineEvent[],
  marks: readonly Mark[],
  versions: readonly string[],
): Html {
  const endMs = Math.max(1, timeline.at(-1)?.atMs ?? 1);
  const steps = stepsOf(timeline, endMs);
  const happened = marks.filter(({ kind }) => kind !== 'step');
  return html`<section aria-labelledby="course-title"><h2 id="course-title">How it went</h2>
    ${reaction(timeline)}
    <div class="lanes" aria-hidden="true">
      ${lanes.map(([service, title]) =>
        lane(
          title,
          steps.filter((each) => each.service === service),
          endMs,
          versions,
        ),
      )}
      <div class="lane events"><span class="lane-name">Events</span><div class="track">
        ${happened.map((mark) => dot(mark, endMs))}</div></div>
    </div>
    <ol class="happened">${[...stepItems(steps), ...markItems(happened)].toSorted((a, b) => a.atMs - b.atMs).map(({ item }) => item)}</ol>
  </section>`;
}

function stepsOf(timeline: readonly TimelineEvent[], lastMs: number): readonly Step[] {
  const events = timeline.filter((event) => event.kind === 'step');
  return events
    .filter(({ phase }) => phase === 'begin')
    .map((begin) => {
      const end = events.find(
        ({ phase, upgrade, step }) =>
          phase === 'end' && upgrade === begin.upgrade && step === begin.step,
      );
      const achieved = end?.achieved ?? null;
      const over = end === undefined ? 'not finished' : end.brokeOff ? 'broke off after' : 'took';
      return { ...begin, achieved, endMs: end?.atMs ?? lastMs, over };
    });
}

function lane(
  title: string,
  steps: readonly Step[],
  endMs: number,
  versions: readonly string[],
): Html | null {
  if (steps.length === 0) return null;
  return html`<div class="lane"><span class="lane-name">${title}</span><div class="track">
    ${steps.map((step) => {
      const place =
        step.version === null || step.service === null
          ? 0
          : (versions.indexOf(step.version) % 3) + 1;
      const label = step.share === null ? step.title : `${step.version} ${step.share} %`;
      return html`<span class="step v${place}" style="${span(step.atMs, step.endMs, endMs)}" title="${step.title}">${label}</span>`;
    })}</div></div>`;
}

function dot(mark: Mark, endMs: number): Html {
  const style = span(mark.from * 1000, mark.to * 1000, endMs);
  return html`<span class="dot ${mark.kind}" style="${style}" title="${mark.text}">${glyphs[mark.kind]}</span>`;
}

function span(fromMs: number, toMs: number, endMs: number): string {
  const percent = (ms: number) => `${((100 * ms) / endMs).toFixed(2)}%`;
  return `left:${percent(fromMs)};width:${percent(Math.max(0, toMs - fromMs))}`;
}

interface Item {
  readonly atMs: number;
  readonly item: Html;
}

function stepItems(steps: readonly Step[]): readonly Item[] {
  return steps.map(({ atMs, endMs, title, share, achieved, over }) => {
    const shares =
      achieved === null || share === null
        ? ''
        : ` Asked for ${share} %, achieved ${Number(achieved.toFixed(1))} %.`;
    const took = over === 'not finished' ? over : `${over} ${duration(endMs - atMs)}`;
    const item = html`<li class="is-step"><time>${duration(atMs)}</time><span>${title} <span class="by">${took}.${shares}</span></span></li>`;
    return { atMs, item };
  });
}

function markItems(marks: readonly Mark[]): readonly Item[] {
  return marks.map(({ from, to, kind, text }) => {
    const lasted =
      kind === 'fault' ? html` <span class="by">for ${duration((to - from) * 1000)}</span>` : '';
    const item = html`<li class="is-${kind}"><time>${duration(from * 1000)}</time><span><span class="mark ${kind}" aria-hidden="true">${glyphs[kind]}</span> ${text}${lasted}</span></li>`;
    return { atMs: from * 1000, item };
  });
}

function reaction(timeline: readonly TimelineEvent[]): Html | null {
  const took = reactionOf(timeline);
  if (took === null) return null;
  const part = (title: string, ms: number | null) =>
    ms === null ? null : html`<div><dt>${title}</dt><dd>${duration(ms)}</dd></div>`;
  return html`<dl class="figures">
    ${part('from the first step of the service to the failing gate', took.detectMs)}
    ${part('from the failing gate to the decision', took.decideMs)}
    ${part('from the decision to restored', took.restoreMs)}</dl>`;
}
