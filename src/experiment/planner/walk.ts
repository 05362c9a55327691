/** The states that one upgrade passes through, per strategy and order, and the ones on the way back. */

import type { Role } from '../../platform/platform.ts';
import type { StrategyName, Upgrade } from '../experiment.ts';
import { servicesOf } from '../experiment.ts';
import type { RolloutState } from '../prediction.ts';
import { serviceNames, sharesOf, titleOf } from './walk-steps.ts';

/** A Back End that counts into a state of its own or into a shared one. */
export interface Counting {
  readonly version: string;
  /** Name of the state; who counts into the same one goes on at its stored `next`. */
  readonly namespace: string;
  /** Whether it counts the log from its first record. */
  readonly replays: boolean;
  /** Versions whose records it may read while the rollout is in this state. */
  readonly writers: readonly string[];
}

/** A state of the rollout, with what follows from it for the data. */
export interface WalkState extends RolloutState {
  readonly counting: readonly Counting[];
  /** State that readers are served from; null while nobody answers. */
  readonly served: string | null;
  /** Share in percent of the Back End's rollout that is reached; null before it begins. */
  readonly share: number | null;
}

/** Where an upgrade begins: what runs, and what lies in the log. */
export interface WalkStart {
  /** Number of the upgrade in the run, from 0. */
  readonly index: number;
  readonly version: string;
  /** State that the old version counts into. */
  readonly namespace: string;
  /** Versions that have written to the log, oldest first, the running one included. */
  readonly written: readonly string[];
}

/** What is at work, before it is a state. */
interface Cast {
  readonly generators: readonly string[];
  readonly backEnds: readonly Omit<Counting, 'writers'>[];
  readonly stats: readonly string[];
  readonly served: string;
  readonly share: number | null;
}

/** Walks one upgrade from its start to its end; nothing goes wrong on the way. */
export function walkUpgrade(start: WalkStart, upgrade: Upgrade): readonly WalkState[] {
  const first: Cast = {
    generators: [start.version],
    backEnds: [onNext(start.version, start.namespace)],
    stats: [start.version],
    served: start.namespace,
    share: null,
  };
  const walk = new Walk(start, first, `all at ${start.version}`);
  if (upgrade.strategy === 'stop-all') return walk.stopAll(upgrade.to);
  for (const service of servicesOf(upgrade.order)) walk.change(service, upgrade);
  return walk.states;
}

/** Walks back from a state to the old version, the service that changed last first. */
export function walkBack(
  start: WalkStart,
  upgrade: Upgrade,
  from: WalkState,
): readonly WalkState[] {
  const { version: old, namespace } = start;
  const cast: Cast = {
    ...from,
    backEnds: from.counting,
    served: from.served ?? namespace,
  };
  const walk = new Walk(start, cast, '');
  if (upgrade.strategy === 'stop-all') return walk.stopAll(old).slice(1);
  for (const service of servicesOf(upgrade.order).toReversed()) walk.restore(service, old, from);
  return walk.states.slice(1);
}

/** The live version counts the whole log again, into a state of its own. */
export function rewindOf(last: WalkState, written: readonly string[]): WalkState {
  const version = last.backEnds.at(-1) ?? '';
  const namespace = 'rewound';
  return {
    ...last,
    title: `rewind: back end ${version} counts the whole log again`,
    backEnds: [version],
    readable: written,
    counting: [{ version, namespace, replays: true, writers: written }],
    served: namespace,
  };
}

/** Collects states; each change is one state or several. */
class Walk {
  readonly states: WalkState[] = [];
  readonly #start: WalkStart;
  #cast: Cast;
  #lagging: readonly string[];

  constructor(start: WalkStart, cast: Cast, title: string) {
    this.#start = start;
    this.#cast = cast;
    this.#lagging = cast.generators;
    this.#enter(cast, title);
  }

  /** Everything is drained and off before anything new is on. */
  stopAll(version: string): readonly WalkState[] {
    const nobody = { generators: [], backEnds: [], stats: [], readable: [], counting: [] };
    this.states.push({ ...nobody, title: 'nothing runs', served: null, share: null });
    this.#lagging = [];
    const backEnds = [onNext(version, this.#start.namespace)];
    const all = { generators: [version], backEnds, stats: [version], share: 100 };
    this.#enter({ ...this.#cast, ...all }, `all at ${version}`);
    return this.states;
  }

  change(service: Role, { strategy, to, steps }: Upgrade): void {
    const old = this.#start.version;
    for (const share of sharesOf(strategy, service, steps)) {
      const title = titleOf(strategy, service, old, to, share);
      this.#enter(this.#withShare(service, strategy, to, share), title);
    }
  }

  restore(service: Role, old: string, from: WalkState): void {
    const changed =
      (service === 'generator' && from.generators.some((each) => each !== old)) ||
      (service === 'stats' && from.stats.some((each) => each !== old)) ||
      (service === 'back-end' && from.counting.some(({ version }) => version !== old));
    if (!changed) return;
    const backEnds = [onNext(old, this.#start.namespace)];
    const change: Partial<Cast> =
      service === 'generator'
        ? { generators: [old] }
        : service === 'stats'
          ? { stats: [old] }
          : { backEnds, served: this.#start.namespace, share: null };
    this.#enter({ ...this.#cast, ...change }, `taken back: ${serviceNames[service]} at ${old}`);
  }

  #withShare(service: Role, strategy: StrategyName, to: string, share: number): Cast {
    const { version: old, namespace, index } = this.#start;
    const both = share === 100 ? [to] : [old, to];
    if (service === 'generator') return { ...this.#cast, generators: both };
    if (service === 'stats') return { ...this.#cast, stats: both };
    if (strategy !== 'blue-green') {
      return { ...this.#cast, backEnds: both.map((each) => onNext(each, namespace)), share };
    }
    const green = { version: to, namespace: `green-${index}-${to}`, replays: true };
    const served = share === 100 ? green.namespace : namespace;
    const backEnds = [onNext(old, namespace), green];
    return { ...this.#cast, backEnds, served, share };
  }

  /** A Back End reads what is written now and, shortly, what was written in the state before; a replay reads the whole log. */
  #enter(cast: Cast, title: string): void {
    const live = distinct([...this.#lagging, ...cast.generators]);
    const whole = distinct([...this.#start.written, ...live]);
    const counting = cast.backEnds.map((each) => ({
      ...each,
      writers: each.replays ? whole : live,
    }));
    this.#cast = cast;
    this.#lagging = cast.generators;
    this.states.push({
      title,
      generators: cast.generators,
      backEnds: distinct(counting.map(({ version }) => version)),
      stats: cast.stats,
      readable: distinct(counting.flatMap(({ writers }) => writers)),
      counting,
      served: cast.served,
      share: cast.share,
    });
  }
}

/** A Back End that goes on where the state stands. */
function onNext(version: string, namespace: string): Omit<Counting, 'writers'> {
  return { version, namespace, replays: false };
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
