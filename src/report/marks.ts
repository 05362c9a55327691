/** What happened at a moment of a run: gates, decisions, faults, events of the platform; as marks on charts and as a list. */

import type { StepEvent, TimelineEvent } from '../history/timeline.ts';

/** One of them; seconds since the run began. */
export interface Mark {
  readonly from: number;
  /** The same as `from` for a moment; the end of the run for a fault that was not healed. */
  readonly to: number;
  /** `event` is what the platform told without anybody judging it: an instance started, is ready, ended. */
  readonly kind: 'step' | 'good' | 'bad' | 'open' | 'fault' | 'event';
  readonly text: string;
}

const decisions = {
  promote: ['good', 'Promoted'],
  restored: ['good', 'Restored'],
  pause: ['open', 'Paused'],
  'roll-back': ['bad', 'Rolled back'],
  refused: ['bad', 'Refused'],
} as const;

/** All marks in the order of their time; a gate is one where its word changes to or from `pass`. */
export function marksOf(timeline: readonly TimelineEvent[]): readonly Mark[] {
  const endMs = timeline.at(-1)?.atMs ?? 0;
  const words = new Map<string, string>();
  return timeline.flatMap((event, at) => {
    if (event.kind !== 'gate') return markOf(event, timeline.slice(at), endMs);
    const before = words.get(event.gate) ?? 'pass';
    words.set(event.gate, event.word);
    return before === event.word ? [] : markOf(event, [], endMs);
  });
}

function markOf(
  event: TimelineEvent,
  following: readonly TimelineEvent[],
  endMs: number,
): readonly Mark[] {
  const from = event.atMs / 1000;
  const moment = (kind: Mark['kind'], text: string) => [{ from, to: from, kind, text }];
  switch (event.kind) {
    case 'step':
      return event.phase === 'begin' ? moment('step', event.title) : [];
    case 'gate': {
      const kind = { pass: 'good', fail: 'bad', inconclusive: 'open' } as const;
      return moment(kind[event.word], `Gate ${event.gate}: ${event.word}. ${event.detail}`);
    }
    case 'decision': {
      const [kind, word] = decisions[event.action];
      return moment(kind, `${word}: ${event.reason}`);
    }
    case 'fault': {
      if (event.phase === 'heal') return [];
      const heal = following.find(
        (each) => each.kind === 'fault' && each.phase === 'heal' && each.target === event.target,
      );
      const text = `Fault: ${event.fault} of ${event.target}`;
      return [{ from, to: (heal?.atMs ?? endMs) / 1000, kind: 'fault', text }];
    }
    case 'platform':
      return moment(
        isEnd(event.event) ? 'bad' : 'event',
        `${event.subject} ${event.event}: ${event.detail}`,
      );
    default:
      return [];
  }
}

/** Whether the platform says that something will not come back. */
function isEnd(event: string): boolean {
  return event === 'gave-up' || event === 'stopped';
}

/** How long it took to notice, decide and restore, ms; null for what did not happen. */
export interface Reaction {
  /** The gate that failed first; null where the run was taken back for another reason. */
  readonly gate: string | null;
  /** From the first step of the service that was being changed, when nothing of the new version ran yet, to the failing gate. */
  readonly detectMs: number | null;
  /** From the failing gate to the decision. */
  readonly decideMs: number | null;
  /** From the decision until the old version served alone and had caught up. */
  readonly restoreMs: number | null;
}

/** How a run reacted to what went wrong; null where it was not rolled back. */
export function reactionOf(timeline: readonly TimelineEvent[]): Reaction | null {
  const decided = decision(timeline, 'roll-back', 0);
  if (decided === undefined) return null;
  const failed = timeline
    .filter((each) => each.kind === 'gate')
    .find(({ word, atMs }) => word === 'fail' && atMs <= decided.atMs);
  const restored = decision(timeline, 'restored', decided.atMs);
  const begun = failed && begunBefore(timeline, failed.atMs);
  return {
    gate: failed?.gate ?? null,
    detectMs: between(begun, failed),
    decideMs: between(failed, decided),
    restoreMs: between(decided, restored),
  };
}

function decision(
  timeline: readonly TimelineEvent[],
  action: 'roll-back' | 'restored',
  fromMs: number,
) {
  return timeline
    .filter((each) => each.kind === 'decision')
    .find((each) => each.action === action && each.atMs >= fromMs);
}

/** The first step of the service that was being changed at a moment. */
function begunBefore(timeline: readonly TimelineEvent[], atMs: number) {
  const begins = timeline.filter(
    (each) => each.kind === 'step' && each.phase === 'begin' && each.atMs <= atMs,
  ) as readonly StepEvent[];
  const last = begins.at(-1);
  return begins.find(
    ({ upgrade, service }) => upgrade === last?.upgrade && service === last?.service,
  );
}

function between(
  from: { readonly atMs: number } | undefined,
  to: { readonly atMs: number } | undefined,
): number | null {
  return from === undefined || to === undefined ? null : to.atMs - from.atMs;
}
