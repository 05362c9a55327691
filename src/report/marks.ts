/** What happened at a moment of a run: gates, decisions, faults, events of the platform; as marks on charts and as a list. */

import type { TimelineEvent } from '../history/timeline.ts';

/** One of them; seconds since the run began. */
export interface Mark {
  readonly from: number;
  /** The same as `from` for a moment; the end of the run for a fault that was not healed. */
  readonly to: number;
  readonly kind: 'step' | 'good' | 'bad' | 'open' | 'fault';
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
      return moment('open', `${event.subject} ${event.event}: ${event.detail}`);
    default:
      return [];
  }
}

/** How long noticing, deciding and restoring took; null where the run was not rolled back by a gate. */
export function reactionOf(timeline: readonly TimelineEvent[]) {
  const decided = timeline.find((each) => each.kind === 'decision' && each.action === 'roll-back');
  if (decided === undefined) return null;
  const failed = timeline.find(
    (each) => each.kind === 'gate' && each.word === 'fail' && each.atMs <= decided.atMs,
  );
  const restored = timeline.find(
    (each) => each.kind === 'decision' && each.action === 'restored' && each.atMs >= decided.atMs,
  );
  const between = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? null : to - from;
  return {
    decideMs: between(failed?.atMs, decided.atMs),
    restoreMs: between(decided.atMs, restored?.atMs),
  };
}
