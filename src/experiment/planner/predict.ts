/** Predicts an experiment: what the registry answers, which states are passed, what the data suffer, and how it ends. */

import type { Experiment, Outcome, RolloutVerdict, Upgrade } from '../experiment.ts';
import type { PredictedFinding, PredictedRegistration, Prediction } from '../prediction.ts';
import { rawWriting } from './application.ts';
import { badWriting, damages, isCaughtCounting } from './defects.ts';
import type { PlacedFinding, RawData } from './find-findings.ts';
import { findFindings } from './find-findings.ts';
import { registrationsBack, registrationsOf } from './registrations.ts';
import type { WalkStart, WalkState } from './walk.ts';
import { rewindOf, walkBack, walkUpgrade } from './walk.ts';

/** Hours of the longest month: so many records of a SKU must come in a step for a whole month to be in it. */
const HOURS_OF_A_MONTH = 744;

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
    const kept = all.filter((finding) => this.#remains(finding));
    const visible = kept.filter((finding) => this.#isVisible(finding));
    const verdict =
      kept.length > 0 && visible.length === 0 ? 'inconclusive' : this.#verdict(visible);
    return {
      verdict,
      outcome: this.#outcome,
      registrations: this.#registrations,
      states: this.#states.map(({ title, generators, backEnds, stats, readable }) => {
        return { title, generators, backEnds, stats, readable };
      }),
      findings: visible.map(plain),
    };
  }

  #promote(upgrade: Upgrade, walked: readonly WalkState[]): void {
    this.#states.push(...walked);
    this.#addDamage(upgrade, walked);
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
    this.#addDamage(upgrade, walked);
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
      .filter((finding) => this.#isVisible(finding))
      .map(({ at }) => at - before);
    const counts = walked.findIndex(({ backEnds }) => backEnds.includes(upgrade.to));
    if (isCaughtCounting(upgrade.build) && counts >= 0) caught.push(counts);
    return caught.length === 0 ? undefined : Math.min(...caught);
  }

  /** A Back End's defect damages the state that it shares; green damages only its own, which nobody is served from. */
  #addDamage(upgrade: Upgrade, walked: readonly WalkState[]): void {
    const kind = damages[upgrade.build];
    const at = walked.findIndex(({ backEnds }) => backEnds.includes(upgrade.to));
    const state = walked[at];
    if (kind === null || state === undefined || upgrade.strategy === 'blue-green') return;
    const { record } = rawWriting(this.#version, this.#experiment.style);
    this.#damage.push({
      kind,
      at: this.#states.length,
      namespace: this.#namespace,
      why: `the ${upgrade.to} back end is built to ${upgrade.build.replace('-', ' ')}, in the state that it shares with ${this.#version}`,
      state: state.title,
      writer: this.#version,
      reader: upgrade.to,
      record,
      readAs: upgrade.build,
    });
  }

  /** Stale totals and damage are healed where readers are served from another state in the end. */
  #remains({ kind, namespace, readAs }: PlacedFinding): boolean {
    const isHealed = kind === 'stale' || (readAs in damages && namespace !== null);
    return !isHealed || namespace === this.#namespace;
  }

  /** Wrong totals of months that two versions counted look unknown, as they must; only a whole month shows what is wrong. */
  #isVisible({ kind, namespace, readAs }: PlacedFinding): boolean {
    if (!['stale', 'mis-aggregated'].includes(kind) || readAs in damages) return true;
    if (kind === 'mis-aggregated' && namespace !== 'first') return true;
    const { workload, upgrades } = this.#experiment;
    const bake = Math.min(...upgrades.map(({ bakeRecords }) => bakeRecords));
    return workload.order === 'chronological' && bake / workload.skus >= HOURS_OF_A_MONTH;
  }

  #verdict(findings: readonly PredictedFinding[]): RolloutVerdict {
    if (this.#outcome === 'refused') {
      return findings.length === 0 ? 'rejected-but-safe' : 'rejected';
    }
    if (findings.length === 0) return 'safe';
    const isOutageOnly = findings.every(({ kind }) => kind === 'unavailable');
    const nobodyAsked = this.#experiment.compatibility === 'NONE';
    return isOutageOnly || nobodyAsked ? 'unsafe' : 'accepted-but-unsafe';
  }

  #data(): RawData {
    const { style } = this.#experiment;
    const build = this.#build;
    return {
      written: (version) => {
        const writing = rawWriting(version, style);
        return build?.bad === true && build.version === version ? badWriting(writing) : writing;
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

function plain({ kind, why, state, writer, reader, record, readAs }: PlacedFinding) {
  return { kind, why, state, writer, reader, record, readAs };
}
