/** Sees what happens while a run goes on: samples, probes, audits, state calls and events, into one timeline. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Analysis } from '../analysis/analysis.ts';
import type { AuditThread } from '../checker/audit-thread.ts';
import { startAuditThread } from '../checker/audit-thread.ts';
import type { LivePrefixAudit, LivePrefixReport } from '../checker/live-prefix.ts';
import type { Prober } from '../history/probe-rest.ts';
import { startProber } from '../history/probe-rest.ts';
import { recordStateCalls } from '../history/record-state-calls.ts';
import { createSampler } from '../history/sample-lab.ts';
import type { ProbeSample, Sample, StateCall, TimelineEvent } from '../history/timeline.ts';
import type { DataNames } from '../platform/platform.ts';
import { dataNamesOf } from '../platform/platform.ts';
import type { Serving } from '../strategy/strategy.ts';
import type { Site } from './site.ts';

/** Where lines of a run go. */
export interface ObserverSinks {
  event(event: TimelineEvent): void;
  stateCall(call: StateCall): void;
}

/** What readers are served by at the moment. */
export interface Live {
  /** Of the Back End. */
  readonly names: DataNames;
  /** Weights of `stats` deployments. */
  readonly weights: Readonly<Record<string, number>>;
}

const SAMPLE_MS = 250;
/** An audit reads the whole state: it rests at least so long, and at least twice as long as it took. */
const AUDIT_REST_MS = 200;

/** Observes one application from its start to its end. */
export class Observer {
  readonly timeline: TimelineEvent[] = [];
  readonly stateCalls: StateCall[] = [];
  live: Live;
  /** Judges what is seen, while a rollout goes on. */
  analysis: Analysis | undefined;
  latest: Sample | undefined;
  /** Good answers to readers by version, so far. */
  readonly answers: Record<string, number> = {};
  /** Audits of all states that are complete. */
  audits = 0;
  /** Why the last audit broke off; undefined where it did not. */
  auditFailure: string | undefined;
  readonly #site: Site;
  readonly #sinks: ObserverSinks;
  readonly #startedAtMs = Date.now();
  readonly #startMs = performance.now();
  readonly #audits = new Map<string, LivePrefixAudit>();
  #auditThread: AuditThread | undefined;
  readonly #ending: (() => Promise<unknown>)[] = [];
  #ended: Promise<void> | undefined;
  #isClosed = false;

  constructor(site: Site, sinks: ObserverSinks) {
    this.#site = site;
    this.#sinks = sinks;
    this.live = { names: dataNamesOf({ env: site.env('back-end', '') }), weights: {} };
  }

  /** Milliseconds since the run began. */
  nowMs(): number {
    return Math.round(performance.now() - this.#startMs);
  }

  /** Adds to the timeline; what comes after the end is no part of the run. */
  emit(event: TimelineEvent): void {
    if (this.#isClosed) return;
    this.timeline.push(event);
    this.#sinks.event(event);
  }

  /** Starts to record state calls and to sample; before the first Back End. */
  async begin(): Promise<void> {
    this.#auditThread = startAuditThread();
    const recording = await recordStateCalls({
      state: this.#site.lab.addresses.valkey[0],
      isWanted: this.#site.owns,
      startedAtMs: this.#startedAtMs,
      emit: (call) => {
        this.stateCalls.push(call);
        this.#sinks.stateCall(call);
      },
    });
    this.#ending.push(() => recording.stop());
    const deaf = this.#site.lab.onEvent(({ kind, subject, detail }) => {
      this.emit({ kind: 'platform', atMs: this.nowMs(), event: kind, subject, detail });
    });
    const sampling = this.#sample();
    const auditing = this.#audit();
    // Who ends the observer is told; until then nobody listens.
    for (const work of [sampling, auditing]) work.catch(() => undefined);
    this.#ending.push(
      async () => deaf(),
      () => sampling,
      () => auditing,
    );
  }

  /** Other deployments serve readers from now on. */
  serve({ stats, 'back-end': backEnd }: Serving): void {
    this.live = { names: dataNamesOf(backEnd), weights: { [stats.name]: 100 } };
  }

  /** Starts readers. */
  probe(): void {
    const prober: Prober = startProber({
      url: this.#site.lab.addresses.rest,
      skus: this.#site.run.skus,
      startedAtMs: this.#startedAtMs,
      emit: (probe) => this.#probed(probe),
    });
    this.#ending.push(() => prober.stop());
  }

  /** Names of the deployments that readers are passed to. */
  readers(): readonly string[] {
    return Object.keys(this.live.weights).filter((name) => (this.live.weights[name] ?? 0) > 0);
  }

  /** Audits the state of a Back End, too, from now on; `findings` of all are put together. */
  audit(names: DataNames): void {
    if (this.#audits.has(names.namespace)) return;
    const { run, lab } = this.#site;
    const { bootstrap, registry, valkey } = lab.addresses;
    const sources = { run, bootstrap, registry, state: valkey[0], topics: names };
    if (this.#auditThread === undefined) throw new Error('the observer has not begun');
    const audit = this.#auditThread.open({ ...sources, stateNamespace: names.namespace });
    this.#audits.set(names.namespace, audit);
  }

  /** Audits only the state that readers see from now on. */
  async auditLive(): Promise<void> {
    this.audit(this.live.names);
    for (const [namespace, audit] of this.#audits) {
      if (namespace === this.live.names.namespace) continue;
      this.#audits.delete(namespace);
      await audit.close();
    }
  }

  /** Ends everything that observes; idempotent. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    const closing = new AsyncDisposableStack();
    closing.defer(async () => this.#auditThread?.close());
    for (const audit of this.#audits.values()) closing.defer(() => audit.close());
    for (const end of this.#ending) closing.defer(async () => void (await end()));
    try {
      await closing.disposeAsync();
    } finally {
      this.#isClosed = true;
    }
  }

  #probed(probe: ProbeSample): void {
    for (const [version, count] of Object.entries(probe.versions)) {
      this.answers[version] = (this.answers[version] ?? 0) + count;
    }
    this.emit(probe);
    this.analysis?.probe(probe);
  }

  async #sample(): Promise<void> {
    const sampler = createSampler({
      deployments: () => this.#site.lab.deployments(),
      live: () => ({ group: this.live.names.group }),
      weights: () => this.live.weights,
      nowMs: () => this.nowMs(),
    });
    while (this.#ended === undefined) {
      const sample = await sampler.sample();
      this.latest = sample;
      this.emit(sample);
      this.analysis?.sample(sample);
      await sleep(SAMPLE_MS);
    }
  }

  async #audit(): Promise<void> {
    let tookMs = 0;
    while (this.#ended === undefined) {
      await sleep(Math.max(AUDIT_REST_MS, 2 * tookMs));
      if (this.#audits.size === 0 || this.analysis === undefined) continue;
      const startMs = performance.now();
      try {
        const found = await this.#auditAll();
        this.auditFailure = undefined;
        this.audits++;
        this.analysis?.audited(found);
      } catch (error) {
        // It says nothing, neither good nor bad; where this goes on, a step is never decided.
        this.auditFailure = error instanceof Error ? error.message : String(error);
      }
      tookMs = performance.now() - startMs;
    }
  }

  async #auditAll(): Promise<LivePrefixReport> {
    const reports: LivePrefixReport[] = [];
    for (const audit of [...this.#audits.values()]) reports.push(await audit.audit());
    return {
      records: Math.min(...reports.map(({ records }) => records)),
      findings: reports.flatMap(({ findings }) => findings),
    };
  }
}
