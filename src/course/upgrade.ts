/** One upgrade of the whole application: asks the registry, changes service after service, and takes everything back where it must. */

import { startAnalysis } from '../analysis/analysis.ts';
import { gates } from '../analysis/gates/index.ts';
import type { Upgrade } from '../experiment/experiment.ts';
import { servicesOf } from '../experiment/experiment.ts';
import { badRawWriting, rawWriting, summaryWriting } from '../experiment/planner/application.ts';
import type { Role } from '../platform/platform.ts';
import { blueGreen } from '../strategy/blue-green.ts';
import { canary } from '../strategy/canary.ts';
import { rolling } from '../strategy/rolling.ts';
import type { RolloutStep, ServiceRollout, Serving } from '../strategy/strategy.ts';
import { bake, checkGates, GateFailedError, UndecidedError } from './bake.ts';
import { cancellable } from './cancellable.ts';
import { NotLevelError } from './level.ts';
import type { Observer } from './observer.ts';
import { achieved, handledBy } from './shares.ts';
import { stopAll } from './stop-all.ts';
import type { UpgradeParts } from './upgrade-parts.ts';
import { defectOf } from './upgrade-parts.ts';

/** How it ended, and what serves now. */
export interface UpgradeEnd {
  readonly outcome: 'promoted' | 'rolled-back' | 'refused' | 'paused';
  readonly serving: Serving;
  /** Takes a paused upgrade back after all, seen by this observer. */
  readonly takeBack?: (observer: Observer) => Promise<UpgradeEnd>;
}

/** Somebody wants the upgrade taken back at this point. */
class TakenBackError extends Error {
  override readonly name = 'TakenBackError';
}

const strategies = { rolling, canary, 'blue-green': blueGreen };
const RESTORED_LAG_SECONDS = 2;
const SETTLE_MS = 60_000;

/** Carries the upgrade out; rejects only where the lab itself does not do what it must, or when interrupted. */
export async function carryOut(
  parts: UpgradeParts,
  upgrade: Upgrade,
  number: number,
  serving: Serving,
): Promise<UpgradeEnd> {
  if (parts.cancel?.aborted) {
    decide(parts, 'roll-back', reasonFor(parts.cancel));
    decide(parts, 'restored', 'nothing was changed');
    return { outcome: 'rolled-back', serving };
  }
  const refusals = await askRegistry(parts, upgrade);
  if (refusals.length > 0) {
    decide(parts, 'refused', refusals.join('; '));
    return { outcome: 'refused', serving };
  }
  if (upgrade.strategy === 'stop-all') {
    const after = await stopAll(parts, upgrade, number, serving);
    decide(parts, 'promote', `everything runs at ${upgrade.to}`);
    return { outcome: 'promoted', serving: after };
  }
  const { observer, hands } = parts;
  observer.analysis = startAnalysis(gates, (event) => observer.emit(event));
  await observer.auditLive();
  const own = { ...parts, hands: { ...hands, shares: upgrade.steps } };
  try {
    return await new Rollout(own, upgrade, number, serving).run();
  } finally {
    observer.analysis = undefined;
  }
}

/** Registers what the new version will write, as its programs will; answers each refusal. */
async function askRegistry(parts: UpgradeParts, upgrade: Upgrade): Promise<readonly string[]> {
  const { style } = parts.experiment;
  const raw = upgrade.build === 'bad-schema' ? badRawWriting : rawWriting;
  const asked = [
    await parts.registry.register('summary', summaryWriting(upgrade.to, style).schema),
    await parts.registry.register('raw', raw(upgrade.to, style).schema),
  ];
  return asked.filter((refusal) => refusal !== undefined);
}

/** Tells a decision, with its reason. */
export function decide(
  { observer }: Pick<UpgradeParts, 'observer'>,
  action: 'promote' | 'pause' | 'roll-back' | 'restored' | 'refused',
  reason: string,
): void {
  observer.emit({ kind: 'decision', atMs: observer.nowMs(), action, reason });
}

/** The course of one upgrade in steps. */
class Rollout {
  readonly #parts: UpgradeParts;
  readonly #upgrade: Upgrade;
  readonly #number: number;
  readonly #before: Serving;
  readonly #begun: ServiceRollout[] = [];
  /** Aborted when the step under way is to end: as things are, or because the rollout is cancelled. */
  readonly #ending: AbortSignal;
  #serving: Serving;
  #step = 0;
  /** Whether it is promoted or goes back; neither can be cancelled. */
  #isSettled = false;

  constructor(parts: UpgradeParts, upgrade: Upgrade, number: number, serving: Serving) {
    const { interrupt, cancel } = parts;
    const hands = cancellable(parts.hands, () => (this.#isSettled ? undefined : cancel));
    this.#parts = { ...parts, hands };
    this.#ending = cancel === undefined ? interrupt : AbortSignal.any([interrupt, cancel]);
    this.#upgrade = upgrade;
    this.#number = number;
    this.#before = serving;
    this.#serving = serving;
  }

  async run(): Promise<UpgradeEnd> {
    try {
      for (const service of servicesOf(this.#upgrade.order)) await this.#change(service);
      if (this.#upgrade.rollback === 'after-new-state') {
        throw new TakenBackError('asked for once the new version has written state');
      }
    } catch (error) {
      return await this.#stopped(error);
    }
    decide(this.#parts, 'promote', `every gate passed; everything runs at ${this.#upgrade.to}`);
    // From here there is no way back, so that a late cancellation must not stop it half-way.
    this.#isSettled = true;
    await Promise.all(this.#begun.map((rollout) => rollout.finish()));
    return { outcome: 'promoted', serving: this.#serving };
  }

  async #change(service: Role): Promise<void> {
    const { hands, triedBefore = 0 } = this.#parts;
    const { strategy, to } = this.#upgrade;
    if (strategy === 'stop-all') throw new Error('stop-all has no steps of a service');
    const change = { version: to, env: defectOf(this.#upgrade, service), triedBefore };
    const rollout = strategies[strategy][service](hands, this.#serving, change);
    this.#begun.push(rollout);
    for (const step of rollout.steps) await this.#take(service, step, rollout);
    this.#serving = rollout.after;
  }

  async #take(service: Role, step: RolloutStep, rollout: ServiceRollout): Promise<void> {
    const { observer, serves } = this.#parts;
    this.#ending.throwIfAborted();
    const number = this.#step++;
    const title = `${service} to ${this.#upgrade.to}: ${step.title}`;
    const what = { upgrade: this.#number, step: number, title, service, share: step.share };
    const event = { kind: 'step', ...what, version: this.#upgrade.to } as const;
    observer.emit({ ...event, phase: 'begin', atMs: observer.nowMs(), achieved: null });
    let handled = handledBy(observer, service);
    let isDone = false;
    try {
      await step.apply();
      if (step.share === 100) serves(rollout.after);
      await nextLook(observer, this.#ending);
      handled = handledBy(observer, service);
      await bake(observer, this.#upgrade.bakeRecords, this.#ending);
      isDone = true;
    } finally {
      const share = achieved(handled, handledBy(observer, service), this.#upgrade.to);
      const about = { ...event, ...(isDone ? {} : { brokeOff: true as const }), achieved: share };
      observer.emit({ ...about, phase: 'end', atMs: observer.nowMs() });
    }
    const { rollback } = this.#upgrade;
    if (service === 'back-end' && typeof rollback === 'number' && step.share >= rollback) {
      throw new TakenBackError(`asked for at ${rollback} % of the Back End`);
    }
  }

  async #stopped(error: unknown): Promise<UpgradeEnd> {
    const { interrupt, cancel, observer } = this.#parts;
    interrupt.throwIfAborted();
    if (cancel?.aborted) return this.#back(observer, reasonFor(cancel));
    if (error instanceof UndecidedError) {
      decide(this.#parts, 'pause', error.message);
      const takeBack = (again: Observer) => this.#back(again, 'asked for while it was paused');
      return { outcome: 'paused', serving: this.#serving, takeBack };
    }
    return this.#back(observer, reasonOf(error));
  }

  async #back(observer: Observer, reason: string): Promise<UpgradeEnd> {
    const { interrupt } = this.#parts;
    this.#isSettled = true;
    decide({ observer }, 'roll-back', reason);
    observer.analysis = undefined;
    for (const rollout of this.#begun.toReversed()) await rollout.abort();
    observer.serve(this.#before);
    const isCaughtUp = await settle(observer, interrupt);
    const progress = isCaughtUp
      ? 'and has caught up'
      : `but not caught up after ${SETTLE_MS / 1000} s`;
    decide({ observer }, 'restored', `the old version serves alone ${progress}`);
    return { outcome: 'rolled-back', serving: this.#before };
  }
}

/** Why a person wants it back, in the words of whoever passed that on. */
function reasonFor({ reason }: AbortSignal): string {
  return reason instanceof Error ? reason.message : String(reason);
}

/** Whatever else goes wrong in a step is a reason to go back, too. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isOurs =
    error instanceof GateFailedError ||
    error instanceof TakenBackError ||
    error instanceof NotLevelError;
  return isOurs ? error.message : `a step failed: ${error.message}`;
}

/** Resolves when the application was looked at anew: counters of before the step's effect would count against its share. */
async function nextLook(observer: Observer, interrupt: AbortSignal): Promise<void> {
  for (let looks = 0; looks < 2; looks++) {
    const seen = observer.latest;
    while (observer.latest === seen) {
      interrupt.throwIfAborted();
      checkGates(observer);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Answers whether what was produced is counted again in time. */
async function settle(observer: Observer, interrupt: AbortSignal): Promise<boolean> {
  const since = observer.latest?.atMs ?? 0;
  const isCaughtUp = () => {
    const { latest } = observer;
    return (
      latest !== undefined &&
      latest.atMs > since &&
      latest.partitions.every(({ owner }) => owner !== null) &&
      latest.lagSeconds < RESTORED_LAG_SECONDS
    );
  };
  const endMs = performance.now() + SETTLE_MS;
  while (!isCaughtUp()) {
    if (performance.now() > endMs) return false;
    interrupt.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}
