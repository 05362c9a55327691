/** Judges all gates at each sample and tells when one changes its word. */

import type { GateEvent, ProbeSample, Sample } from '../history/timeline.ts';
import type { Gate, GateWord, Observation } from './gate.ts';

/** The analysis of one rollout. */
export interface Analysis {
  sample(sample: Sample): void;
  probe(sample: ProbeSample): void;
  audited(audit: NonNullable<Observation['audit']>): void;
  /** Gates that fail, by their words now. */
  failing(): readonly GateEvent[];
  /** Gates that cannot say, or were not asked yet. */
  undecided(): readonly string[];
}

const RECENT_MS = 10_000;

/** Starts an analysis; the first sample is the baseline. A gate that failed once stays failed. */
export function startAnalysis(gates: readonly Gate[], emit: (event: GateEvent) => void): Analysis {
  const words = new Map<string, GateEvent>();
  const recent: Sample[] = [];
  const probes: ProbeSample[] = [];
  let baseline: Sample | undefined;
  let audit: Observation['audit'];

  function judge(atMs: number): void {
    if (baseline === undefined) return;
    const observation: Observation = { baseline, recent, probes, audit };
    for (const gate of gates) say(gate.name, gate.judge(observation), atMs);
  }

  function say(gate: string, { word, detail }: GateWord, atMs: number): void {
    const before = words.get(gate);
    if (before?.word === 'fail') return;
    const event: GateEvent = { kind: 'gate', atMs, gate, word, detail };
    words.set(gate, event);
    if (before?.word !== word) emit(event);
  }

  return {
    sample(sample) {
      baseline ??= sample;
      recent.push(sample);
      while ((recent[0]?.atMs ?? 0) < sample.atMs - RECENT_MS) recent.shift();
      judge(sample.atMs);
    },
    probe: (sample) => void probes.push(sample),
    audited(found) {
      audit = found;
      judge(recent.at(-1)?.atMs ?? 0);
    },
    failing: () => [...words.values()].filter(({ word }) => word === 'fail'),
    undecided: () => gates.map(({ name }) => name).filter((name) => !isDecided(words.get(name))),
  };
}

function isDecided(event: GateEvent | undefined): boolean {
  return event !== undefined && event.word !== 'inconclusive';
}
