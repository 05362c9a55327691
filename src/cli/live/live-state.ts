/** What a live view knows: the latest of everything in the timeline, and as much of the past as rates need. */

import type {
  DecisionEvent,
  GateEvent,
  ProbeSample,
  Sample,
  StepEvent,
  TimelineEvent,
} from '../../history/timeline.ts';
import type { Role } from '../../platform/platform.ts';

/** How far back rates and achieved shares are reckoned, ms. */
const WINDOW_MS = 3_000;
/** Lines of what happened that are kept. */
const KEPT_NOTES = 8;

/** Something that happened, as a line. */
export interface LiveNote {
  readonly atMs: number;
  readonly event: Exclude<TimelineEvent, Sample | ProbeSample>;
}

/** The readers since the view began. */
export interface ReaderTotals {
  readonly requests: number;
  readonly errors: number;
  readonly longestGapMs: number;
  readonly oddities: number;
  /** Good answers by version. */
  readonly answers: Readonly<Record<string, number>>;
}

/** All that a live view shows; never changed, only replaced. */
export interface LiveView {
  readonly title: string;
  /** Of the latest event. */
  readonly atMs: number;
  /** Samples of the last 3 s, the latest last. */
  readonly samples: readonly Sample[];
  readonly probes: readonly ProbeSample[];
  readonly readers: ReaderTotals;
  /** The step under way; null between steps. */
  readonly step: StepEvent | null;
  readonly stepsDone: number;
  /** The counters as the step under way found them. */
  readonly atStep: { readonly sample: Sample | null; readonly answers: ReaderTotals['answers'] };
  /** What the last step of each service asked for. */
  readonly asked: Readonly<Partial<Record<Role, StepEvent>>>;
  /** The latest word of each gate. */
  readonly gates: Readonly<Record<string, GateEvent>>;
  readonly decision: DecisionEvent | null;
  /** What happened last, the latest last. */
  readonly notes: readonly LiveNote[];
}

/** A view before anything happened. */
export function emptyView(title: string): LiveView {
  return {
    title,
    atMs: 0,
    samples: [],
    probes: [],
    readers: { requests: 0, errors: 0, longestGapMs: 0, oddities: 0, answers: {} },
    step: null,
    stepsDone: 0,
    atStep: { sample: null, answers: {} },
    asked: {},
    gates: {},
    decision: null,
    notes: [],
  };
}

/** The view after one more event. */
export function reduceTimeline(before: LiveView, event: TimelineEvent): LiveView {
  const view = { ...before, atMs: Math.max(before.atMs, event.atMs) };
  if (event.kind === 'sample') return { ...view, samples: recent(view.samples, event) };
  if (event.kind === 'probe') return withProbe(view, event);
  const ticked =
    event.kind === 'gate' ? { ...view, gates: { ...view.gates, [event.gate]: event } } : view;
  if (isFirstPass(view, event)) return ticked;
  const noted = {
    ...ticked,
    notes: [...view.notes, { atMs: event.atMs, event }].slice(-KEPT_NOTES),
  };
  if (event.kind === 'step') return withStep(noted, event);
  return event.kind === 'decision' ? { ...noted, decision: event } : noted;
}

/** A gate that passes from the beginning is ticked, but no news. */
function isFirstPass(view: LiveView, event: TimelineEvent): boolean {
  return event.kind === 'gate' && event.word === 'pass' && view.gates[event.gate] === undefined;
}

function withProbe(view: LiveView, event: ProbeSample): LiveView {
  const { requests, errors, longestGapMs, oddities } = view.readers;
  const answers = { ...view.readers.answers };
  for (const [version, count] of Object.entries(event.versions)) {
    answers[version] = (answers[version] ?? 0) + count;
  }
  const readers = {
    requests: requests + event.requests,
    errors: errors + event.errors,
    longestGapMs: Math.max(longestGapMs, event.longestGapMs),
    oddities: oddities + event.oddities,
    answers,
  };
  return { ...view, readers, probes: recent(view.probes, event) };
}

function withStep(view: LiveView, event: StepEvent): LiveView {
  if (event.phase === 'end') {
    const done = event.brokeOff === true ? 0 : 1;
    return { ...view, step: null, stepsDone: view.stepsDone + done };
  }
  const asked = event.service === null ? view.asked : { ...view.asked, [event.service]: event };
  const atStep = { sample: view.samples.at(-1) ?? null, answers: view.readers.answers };
  return { ...view, step: event, asked, atStep };
}

/** Those of the window up to the latest, and the last one before it, so that rates reach over the whole window. */
function recent<Event extends { readonly atMs: number }>(
  before: readonly Event[],
  latest: Event,
): readonly Event[] {
  const sinceMs = latest.atMs - WINDOW_MS;
  const from = before.findLastIndex(({ atMs }) => atMs <= sinceMs);
  return [...before.slice(Math.max(0, from)), latest];
}
