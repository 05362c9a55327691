/** Carries out one upgrade of a running lab, observed from its beginning to its end. */

import { setTimeout as sleep } from 'node:timers/promises';
import { startAnalysis } from '../analysis/analysis.ts';
import { gates } from '../analysis/gates/index.ts';
import { GateFailedError, UndecidedError, untilAudited } from '../course/bake.ts';
import { handsOn } from '../course/hands.ts';
import { unlessAborted } from '../course/interrupt.ts';
import type { ObserverSinks } from '../course/observer.ts';
import { Observer } from '../course/observer.ts';
import { openRegistry } from '../course/registry.ts';
import { wholeLab } from '../course/site.ts';
import type { UpgradeEnd } from '../course/upgrade.ts';
import { carryOut, decide } from '../course/upgrade.ts';
import type { SchemaStyle, Upgrade } from '../experiment/experiment.ts';
import type { Lab } from '../platform/platform.ts';
import { dataNamesOf } from '../platform/platform.ts';
import type { Serving } from '../strategy/strategy.ts';

/** A lab on which something is done, and by what it is ended. */
export interface Doing {
  readonly lab: Lab;
  /** Partitions of the data topics. */
  readonly partitions: number;
  readonly serving: Serving;
  readonly sinks: ObserverSinks;
  /** Drops everything at once. */
  readonly interrupt: AbortSignal;
}

/** An upgrade, and what is to be known of the lab for it. */
export interface LabUpgrade {
  readonly upgrade: Upgrade;
  readonly style: SchemaStyle;
  /** Settings with which the new generator is to go on when the upgrade is over: it began without a SKU. */
  readonly skus: Readonly<Record<string, string>>;
  /** How many upgrades were tried before. */
  readonly triedBefore: number;
  /** Takes it back. */
  readonly cancel: AbortSignal;
}

/** Upgrades the lab; rejects where it does not do what it must, or when interrupted. */
export function upgradeLab(doing: Doing, wanted: LabUpgrade): Promise<UpgradeEnd> {
  const { lab, interrupt, serving } = doing;
  const { upgrade, style, cancel, triedBefore } = wanted;
  return observed(doing, async (observer, site) => {
    // Until weights are given, a new version would get readers as soon as it is ready.
    await lab.route({ [serving.stats.name]: 100 });
    const parts = {
      ...{ observer, interrupt, cancel, triedBefore },
      experiment: { style },
      hands: handsOn(site, observer, interrupt),
      registry: openRegistry(lab.addresses.registry, dataNamesOf(serving['back-end'])),
      serves: (after: Serving) => observer.serve(after),
    };
    const trouble = await findTrouble(observer, interrupt, cancel);
    if (trouble !== undefined) {
      decide({ observer }, 'refused', trouble);
      return { outcome: 'refused', serving };
    }
    const end = await carryOut(parts, upgrade, 0, serving);
    if (end.outcome !== 'promoted') return end;
    return { ...end, serving: await withSkus(lab, end.serving, wanted.skus) };
  });
}

/** Takes a paused upgrade back. */
export function takeBack(
  doing: Doing,
  paused: Required<Pick<UpgradeEnd, 'takeBack'>>,
): Promise<UpgradeEnd> {
  return observed(doing, (observer) => paused.takeBack(observer));
}

/** Why the lab is not to be upgraded as it is: a gate fails, or cannot say; undefined where all is well. */
async function findTrouble(
  observer: Observer,
  interrupt: AbortSignal,
  cancel: AbortSignal,
): Promise<string | undefined> {
  observer.analysis = startAnalysis(gates, () => undefined);
  await observer.auditLive();
  try {
    await untilAudited(observer, AbortSignal.any([interrupt, cancel]));
    return undefined;
  } catch (error) {
    // A cancelled upgrade is told as such by its own course.
    if (cancel.aborted) return undefined;
    interrupt.throwIfAborted();
    if (!(error instanceof GateFailedError || error instanceof UndecidedError)) throw error;
    return `not well before anything was changed: ${error.message}`;
  } finally {
    observer.analysis = undefined;
  }
}

/** A generator that ends by itself is started again with the settings of its deployment; without its SKUs it would be quiet. */
async function withSkus(lab: Lab, serving: Serving, skus: LabUpgrade['skus']): Promise<Serving> {
  const { generator } = serving;
  const complete = { ...generator, env: { ...generator.env, ...skus } };
  await lab.deploy(complete);
  return { ...serving, generator: complete };
}

async function observed(
  { lab, partitions, serving, sinks, interrupt }: Doing,
  work: (observer: Observer, site: ReturnType<typeof wholeLab>) => Promise<UpgradeEnd>,
): Promise<UpgradeEnd> {
  const site = wholeLab(lab, { partitions });
  const observer = new Observer(site, sinks);
  try {
    observer.serve(serving);
    await observer.begin();
    observer.probe();
    while (observer.latest === undefined) {
      interrupt.throwIfAborted();
      await sleep(20);
    }
    return await unlessAborted(work(observer, site), interrupt);
  } finally {
    await observer.end();
  }
}
