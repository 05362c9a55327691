/** Predicts an experiment: what the registry answers, which states are passed, what the data suffer, and how it ends. */

import type { Experiment, Outcome, Upgrade } from '../experiment.ts';
import type { PredictedRegistration, Prediction } from '../prediction.ts';
import { badRawWriting, rawWriting } from './application.ts';
import { conclude, isVisible } from './conclude.ts';
import { damageOf, isCaughtCounting } from './defects.ts';
import type { PlacedFinding, RawData } from './find-findings.ts';
import { findFindings } from './find-findings.ts';
import { registrationsBack, registrationsOf } from './registrations.ts';
import type { WalkStart, WalkState } from './walk.ts';
import { rewindOf, walkBack, walkUpgrade } from './walk.ts';

/** Kinds that a gate of the analysis notices while the rollout goes on. */
const gated: readonly string[] = ['undecodable', 'mis-aggregated'];

/** Predicts one experiment. */
export function predict(experiment: Experiment): Prediction {
  const course = new Course(experiment);
  for (const [index, upgrade] of experiment.upgrades.entries()) {
    if (!course.upgrade(index, upgrade)) break;
  }
  if (experiment.afterwards === 'rewind') course.rewind();
  return course.prediction();
}

/** One run as it goes on: upgrade after upgrade until one does not end well. */
class Course {
  readonly #experiment: Experiment;
  readonly #written: string[];
  readonly #schemas: string[];
  readonly #states: WalkState[] = [];
  readonly #registrations: PredictedRegistration[] = [];
  readonly #damage: PlacedFinding[] = [];
  #version: string;
  #namespace = 'first';
  #outcome: Outcome = 'promoted';
  #build: { readonly version: string; readonly bad: boolean } | undefined;

  constructor(experiment: Experiment) {
    this.#experiment = experiment;
    this.#version = experiment.start;
    this.#written = [...experiment.before.map(({ version }) => version), experiment.start];
    this.#schemas = [...new Set(this.#written)];
  }

  /** Walks one upgrade; false where no other one follows it. */
  upgrade(index: number, upgrade: Upgrade): boolean {
    const registrations = registrationsOf(upgrade, this.#schemas, this.#experiment);
    this.#registrations.push(...registrations);
    const refused = registrations.some(({ accepted }) => !accepted);
    this.#build = { version: upgrade.to, bad: upgrade.build === 'bad-schema' };
    const [version, namespace] = [this.#version, this.#namespace];
    const start = { index, version, namespace, written: this.#written };
    const walked = walkUpgrade(start, upgrade);
    const end = this.#endOf(upgrade, walked);
    if (end === undefined) this.#promote(upgrade, walked);
    else this.#takeBack(start, upgrade, walked.slice(0, end + 1), refused);
    if (refused) this.#outcome = 'refused';
    return this.#outcome === 'promoted';
  }

  rewind(): void {
    const last = this.#states.at(-1);
    if (last === undefined) return;
    const state = rewindOf({ ...last, backEnds: [this.#version] }, this.#written);
    this.#states.push(state);
    this.#namespace = state.served ?? this.#namespace;
  }

  prediction(): Prediction {
    const all = [...findFindings(this.#states, this.#data()), ...this.#damage];
    return {
      ...conclude(all, this.#experiment, { outcome: this.#outcome, served: this.#namespace }),
      outcome: this.#outcome,
      registrations: this.#registrations,
      states: this.#states.map(({ title, generators, backEnds, stats, readable }) => {
        return { title, generators, backEnds, stats, readable };
      }),
    };
  }

  #promote(upgrade: Upgrade, walked: readonly WalkState[]): void {
    this.#states.push(...walked);
    this.#damage.push(...damageOf(upgrade, walked, this.#place()));
    this.#version = upgrade.to;
    this.#namespace = walked.at(-1)?.served ?? this.#namespace;
    this.#written.push(upgrade.to);
    this.#schemas.push(upgrade.to);
  }

  #takeBack(
    start: WalkStart,
    upgrade: Upgrade,
    walked: readonly WalkState[],
    refused: boolean,
  ): void {
    const last = walked.at(-1);
    if (last === undefined) return;
    this.#states.push(...walked, ...walkBack(start, upgrade, last));
    this.#damage.push(...damageOf(upgrade, walked, this.#place()));
    this.#outcome = 'rolled-back';
    const wrote = walked.some(({ generators }) => generators.includes(upgrade.to));
    const counted = walked.some(({ backEnds }) => backEnds.includes(upgrade.to));
    if (wrote) this.#written.push(upgrade.to);
    if (refused) return;
    const changed = [
      ...(wrote ? ['generator' as const] : []),
      ...(counted ? ['back-end' as const] : []),
    ];
    this.#registrations.push(...registrationsBack(upgrade, start.version, changed));
  }

  /** Place of the state that the upgrade turns back in; undefined where it goes through. */
  #endOf(upgrade: Upgrade, walked: readonly WalkState[]): number | undefined {
    const ends = [this.#gateIn(upgrade, walked), rollbackIn(upgrade, walked)];
    const first = Math.min(...ends.map((end) => end ?? Number.POSITIVE_INFINITY));
    return Number.isFinite(first) ? first : undefined;
  }

  #gateIn(upgrade: Upgrade, walked: readonly WalkState[]): number | undefined {
    if (upgrade.strategy === 'stop-all') return undefined;
    const before = this.#states.length;
    const caught = findFindings([...this.#states, ...walked], this.#data())
      .filter(({ kind, at }) => gated.includes(kind) && at >= before)
      .filter((finding) => isVisible(finding, this.#experiment))
      .map(({ at }) => at - before);
    const counts = walked.findIndex(({ backEnds }) => backEnds.includes(upgrade.to));
    if (isCaughtCounting(upgrade.build) && counts >= 0) caught.push(counts);
    return caught.length === 0 ? undefined : Math.min(...caught);
  }

  #place() {
    const { style } = this.#experiment;
    return { at: this.#states.length, namespace: this.#namespace, old: this.#version, style };
  }

  #data(): RawData {
    const { style } = this.#experiment;
    const build = this.#build;
    return {
      written: (version) => {
        const isBad = build?.bad === true && build.version === version;
        return (isBad ? badRawWriting : rawWriting)(version, style);
      },
      readSchema: (version) => rawWriting(version, style).schema,
    };
  }
}

/** Where an upgrade is taken back on purpose; green that is to go before its promotion goes while it replays. */
function rollbackIn(
  { rollback, strategy }: Upgrade,
  walked: readonly WalkState[],
): number | undefined {
  if (rollback === 'none') return undefined;
  if (rollback === 'after-new-state') return walked.length - 1;
  const least = strategy === 'blue-green' && rollback < 100 ? 0 : rollback;
  const at = walked.findIndex(({ share }) => share !== null && share >= least);
  return at < 0 ? undefined : at;
}
