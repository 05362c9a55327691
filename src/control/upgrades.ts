/** The upgrades of one running lab, one after the other: what serves, what is under way or paused, and what is refused. */

import { availableVersions } from '../app/versions/load.ts';
import type { ObserverSinks } from '../course/observer.ts';
import type { UpgradeEnd } from '../course/upgrade.ts';
import type { SchemaStyle } from '../experiment/experiment.ts';
import type { TimelineEvent } from '../history/timeline.ts';
import type { Lab } from '../platform/platform.ts';
import type { Serving } from '../strategy/strategy.ts';
import type { LabControl, Refusal, UpgradeRequest, UpgradeResult } from './protocol.ts';
import { busyRefusals, tooFewRecords, wrongVersion } from './refusals.ts';
import type { Doing } from './upgrade-lab.ts';

/** A lab that can be upgraded. */
export interface UpgradableLab {
  readonly lab: Lab;
  /** Partitions of the data topics. */
  readonly partitions: number;
  readonly style: SchemaStyle;
  /** The deployments that serve at first. */
  readonly serving: Serving;
  /** Records of the history that are still to be produced. */
  readonly recordsLeft: () => Promise<number>;
  /** Told what begins and how it ended. */
  readonly says: (what: string) => void;
}

interface Current {
  readonly to: string;
  readonly cancel: AbortController;
  readonly ended: Promise<UpgradeResult>;
}

type Paused = Required<Pick<UpgradeEnd, 'takeBack'>> & { readonly to: string };

/** The upgrades of one lab. */
export class Upgrades {
  readonly #parts: UpgradableLab;
  readonly #interrupt = new AbortController();
  readonly #deaf: () => void;
  #serving: Serving;
  #current: Current | undefined;
  #paused: Paused | undefined;
  /** Why an upgrade broke off; nobody knows what runs then. */
  #failure: string | undefined;
  #tried = 0;

  constructor(parts: UpgradableLab) {
    this.#parts = parts;
    this.#serving = parts.serving;
    this.#deaf = parts.lab.onEvent(({ kind }) => {
      if (kind === 'stopped') this.#interrupt.abort(new Error('the lab was stopped'));
    });
  }

  describe(): LabControl {
    const current = this.#current && { to: this.#current.to, state: 'under way' as const };
    const paused = this.#paused && { to: this.#paused.to, state: 'paused' as const };
    const upgrade = current ?? paused ?? null;
    const failure = this.#failure ?? null;
    return { lab: this.#parts.lab.name, serving: versionsOf(this.#serving), upgrade, failure };
  }

  /** Whether the lab is of no use without this instance or component; one of a version on trial may give up. */
  isVital(subject: string): boolean {
    const deployment = subject.replace(/-\d+$/, '');
    const isApplication = /^(generator|back-end|stats)(-|$)/.test(deployment);
    return !isApplication || Object.values(this.#serving).some(({ name }) => name === deployment);
  }

  /** Everything that stands against an upgrade now. */
  async refusals(request: UpgradeRequest): Promise<readonly Refusal[]> {
    const left = await this.#parts.recordsLeft();
    const now = this.describe();
    return [
      ...busyRefusals(now),
      ...wrongVersion(now, request.to, availableVersions()),
      ...tooFewRecords(now, request, left),
    ];
  }

  /** That something is under way, paused or broken. */
  busy(): readonly Refusal[] {
    return busyRefusals(this.describe());
  }

  /** Carries an upgrade out that nothing stands against; never rejects. */
  upgrade(
    request: UpgradeRequest,
    sinks: ObserverSinks,
    cancel: AbortController,
  ): Promise<UpgradeResult> {
    const { SKUS = '' } = this.#parts.serving.generator.env;
    const wanted = {
      ...{ upgrade: request, style: this.#parts.style, cancel: cancel.signal },
      ...{ skus: { SKUS }, triedBefore: this.#tried++ },
    };
    const what = `${request.strategy}, ${request.order}`;
    return this.#begin(request.to, what, sinks, cancel, async (doing) => {
      const { upgradeLab } = await courseOfUpgrades();
      return upgradeLab(doing, wanted);
    });
  }

  /** Takes the paused upgrade back; never rejects. */
  takeBack(sinks: ObserverSinks): Promise<UpgradeResult> {
    const paused = this.#paused;
    if (paused === undefined) throw new Error('no upgrade is paused');
    const never = new AbortController();
    return this.#begin(paused.to, 'is taken back', sinks, never, async (doing) => {
      const { takeBack } = await courseOfUpgrades();
      return takeBack(doing, paused);
    });
  }

  /** Has the upgrade under way taken back; false where there is none. */
  cancel(): boolean {
    this.#current?.cancel.abort(new Error('interrupted'));
    return this.#current !== undefined;
  }

  /** Drops what is under way; the lab itself is to be stopped next. */
  async close(): Promise<void> {
    this.#deaf();
    this.#interrupt.abort(new Error('the lab was stopped'));
    await this.#current?.ended;
  }

  #begin(
    to: string,
    what: string,
    sinks: ObserverSinks,
    cancel: AbortController,
    work: (doing: Doing) => Promise<UpgradeEnd>,
  ): Promise<UpgradeResult> {
    const { says } = this.#parts;
    says(`upgrade to ${to}: ${what}`);
    const ended = this.#carryOut(to, sinks, cancel, work);
    this.#current = { to, cancel, ended };
    return ended;
  }

  async #carryOut(
    to: string,
    sinks: ObserverSinks,
    cancel: AbortController,
    work: (doing: Doing) => Promise<UpgradeEnd>,
  ): Promise<UpgradeResult> {
    const { lab, partitions, says } = this.#parts;
    let reason = '';
    const event = (each: TimelineEvent) => {
      if (each.kind === 'decision' && each.action !== 'restored') reason = each.reason;
      sinks.event(each);
    };
    const doing = {
      ...{ lab, partitions, serving: this.#serving, interrupt: this.#interrupt.signal },
      sinks: { ...sinks, event },
    };
    let outcome: UpgradeResult['outcome'];
    try {
      const end = await work(doing);
      outcome = end.outcome;
      this.#paused = end.takeBack === undefined ? undefined : { to, takeBack: end.takeBack };
      if (outcome !== 'paused') this.#serving = end.serving;
    } catch (error) {
      outcome = 'failed';
      reason = error instanceof Error ? error.message : String(error);
      this.#failure = reason;
    }
    this.#current = undefined;
    says(`upgrade to ${to}: ${outcome.replace('-', ' ')}, ${reason}`);
    const cancelled = cancel.signal.aborted;
    return { outcome, reason, cancelled, serving: versionsOf(this.#serving) };
  }
}

/** Loaded when an upgrade begins: the Kafka client that it needs would delay the start of every lab. */
function courseOfUpgrades() {
  return import('./upgrade-lab.ts');
}

function versionsOf(serving: Serving): LabControl['serving'] {
  const { generator, 'back-end': backEnd, stats } = serving;
  return { generator: generator.version, 'back-end': backEnd.version, stats: stats.version };
}
