/** One event of the timeline as a sentence: in the list of a live view, and where lines stay as they are. */

import type { PlatformEvent, ProbeSample, Sample, StepEvent } from '../../history/timeline.ts';
import type { LiveNote, LiveView } from './live-state.ts';
import type { Condition } from './paint.ts';
import { clock, count, percent } from './paint.ts';
import { ratesOf, requestsPerSecond } from './rates.ts';

/** A sentence, and whether it is good news. */
export interface EventLine {
  readonly condition: Condition;
  readonly text: string;
}

const words = { pass: 'good', fail: 'bad', inconclusive: 'open' } as const;
const actions = {
  promote: 'good',
  restored: 'good',
  pause: 'open',
  'roll-back': 'bad',
  refused: 'bad',
} as const;

/** What happened, e.g. `gate lag fails: 12,000 records behind`. */
export function describeEvent(event: LiveNote['event']): EventLine {
  switch (event.kind) {
    case 'step':
      return describeStep(event);
    case 'gate':
      return {
        condition: words[event.word],
        text: `gate ${event.gate}: ${event.word}, ${event.detail}`,
      };
    case 'decision':
      return { condition: actions[event.action], text: `${event.action}: ${event.reason}` };
    case 'fault': {
      const what = `${event.fault} of ${event.target}`;
      return event.phase === 'begin'
        ? { condition: 'bad', text: `fault: ${what}` }
        : { condition: 'good', text: `fault over: ${what}` };
    }
    case 'platform':
      return describeChange(event);
  }
}

function describeStep({ phase, step, title, brokeOff, ...event }: StepEvent): EventLine {
  if (phase === 'begin') return { condition: 'waiting', text: `step ${step + 1}: ${title}` };
  const over = brokeOff === true ? 'broke off' : 'done';
  const condition = brokeOff === true ? 'bad' : 'good';
  return { condition, text: `step ${step + 1} ${over}: ${title}${shares(event)}` };
}

function describeChange({ event, subject, detail }: PlatformEvent): EventLine {
  const conditions: Readonly<Record<string, Condition>> = {
    started: 'waiting',
    restarting: 'waiting',
    ready: 'good',
  };
  const text = `${subject} ${event.replace('-', ' ')}: ${detail}`;
  return { condition: conditions[event] ?? 'bad', text };
}

function shares({ share, achieved }: { share: number | null; achieved: number | null }): string {
  if (achieved === null) return '';
  const asked = share === null ? '' : `asked for ${percent(share)}, `;
  return ` (${asked}achieved ${percent(achieved)})`;
}

/** How things stand, in one line; for where nothing can be redrawn. */
export function describeStanding(view: LiveView): string {
  const sample = view.samples.at(-1);
  const parts = [...(sample === undefined ? [] : describeSample(view, sample))];
  const perSecond = requestsPerSecond(view);
  if (perSecond !== null) {
    const { errors, longestGapMs } = view.readers;
    parts.push(`${count(perSecond)} requests/s`, `${count(errors)} errors`);
    parts.push(`longest gap ${count(longestGapMs)} ms`);
  }
  return parts.join(' · ');
}

function describeSample(view: LiveView, sample: Sample): readonly string[] {
  const counted = Object.entries(ratesOf(view, 'counted'));
  const rates = counted.map(([version, rate]) => `${version} ${count(rate)}/s`);
  return [
    ...(rates.length === 0 ? [] : [`counted ${rates.join(', ')}`]),
    `lag ${count(sample.lagRecords)} records, ${sample.lagSeconds.toFixed(1)} s`,
    ...(sample.undecodable === 0 ? [] : [`${count(sample.undecodable)} undecodable`]),
  ];
}

/** Whether the event is one of the many that only a standing line sums up. */
export function isMeasurement(event: { readonly kind: string }): event is Sample | ProbeSample {
  return event.kind === 'sample' || event.kind === 'probe';
}

/** The time in front of a line. */
export function stamp(atMs: number): string {
  return clock(atMs).padStart(8);
}
