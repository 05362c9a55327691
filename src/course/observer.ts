/** Sees what happens while a run goes on: samples, probes, audits, state calls and events, into one timeline. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Analysis } from '../analysis/analysis.ts';
import type { LivePrefixAudit, LivePrefixReport } from '../checker/live-prefix.ts';
import { openLivePrefixAudit } from '../checker/live-prefix.ts';
import type { Prober } from '../history/probe-rest.ts';
import { startProber } from '../history/probe-rest.ts';
import { recordStateCalls } from '../history/record-state-calls.ts';
import { createSampler } from '../history/sample-lab.ts';
import type { ProbeSample, Sample, StateCall, TimelineEvent } from '../history/timeline.ts';
import type { Lab } from '../platform/platform.ts';
import type { Serving } from '../strategy/strategy.ts';

/** Where lines of a run go. */
export interface ObserverSinks {
  event(event: TimelineEvent): void;
  stateCall(call: StateCall): void;
}

/** What readers are served by at the moment. */
export interface Live {
  readonly group: string;
  readonly namespace: string;
  /** Weights of `stats` deployments. */
  readonly weights: Readonly<Record<string, number>>;
}

const SAMPLE_MS = 250;
const AUDIT_MS = 500;

/** Observes one lab from its start to its end. */
export class Observer {
  readonly timeline: TimelineEvent[] = [];
  readonly stateCalls: StateCall[] = [];
  live: Live = { group: 'back-end', namespace: 'back-end', weights: {} };
  /** Judges what is seen, while a rollout goes on. */
  analysis: Analysis | undefined;
  latest: Sample | undefined;
  /** Good answers to readers by version, so far. */
  readonly answers: Record<string, number> = {};
  /** Audits that are complete, of any state. */
  audits = 0;
  readonly #lab: Lab;
  readonly #sinks: ObserverSinks;
  readonly #startedAtMs = Date.now();
  readonly #startMs = performance.now();
  readonly #audits = new Map<string, LivePrefixAudit>();
  readonly #ending: (() => Promise<unknown>)[] = [];
  #ended = false;

  constructor(lab: Lab, sinks: ObserverSinks) {
    this.#lab = lab;
    this.#sinks = sinks;
  }

  /** Milliseconds since the run began. */
  nowMs(): number {
    return Math.round(performance.now() - this.#startMs);
  }

  emit(event: TimelineEvent): void {
    this.timeline.push(event);
    this.#sinks.event(event);
  }

  /** Starts to record state calls and to sample; before the first Back End. */
  async begin(): Promise<void> {
    const recording = await recordStateCalls({
      state: this.#lab.addresses.valkey[0],
      startedAtMs: this.#startedAtMs,
      emit: (call) => {
        this.stateCalls.push(call);
        this.#sinks.stateCall(call);
      },
    });
    this.#ending.push(() => recording.stop());
    this.#lab.onEvent(({ kind, subject, detail }) => {
      this.emit({ kind: 'platform', atMs: this.nowMs(), event: kind, subject, detail });
    });
    const sampling = this.#sample();
    const auditing = this.#audit();
    this.#ending.push(
      () => sampling,
      () => auditing,
    );
  }

  /** Other deployments serve readers from now on. */
  serve({ stats, 'back-end': backEnd }: Serving): void {
    const { GROUP: group = 'back-end', STATE_NAMESPACE: namespace = 'back-end' } = backEnd.env;
    this.live = { group, namespace, weights: { [stats.name]: 100 } };
  }

  /** Starts readers. */
  probe(): void {
    const prober: Prober = startProber({
      url: this.#lab.addresses.rest,
      skus: this.#lab.run.skus,
      startedAtMs: this.#startedAtMs,
      emit: (probe) => this.#probed(probe),
    });
    this.#ending.push(() => prober.stop());
  }

  /** Audits the state of a namespace from now on; `findings` of all are put together. */
  watch(namespace: string): void {
    if (this.#audits.has(namespace)) return;
    const { run, addresses } = this.#lab;
    const topics = { raw: 'raw-data-in', summary: 'summary-stats', deadLetter: 'raw-data-in.dlq' };
    const { bootstrap, registry, valkey } = addresses;
    const sources = {
      run,
      bootstrap,
      registry,
      state: valkey[0],
      stateNamespace: namespace,
      topics,
    };
    this.#audits.set(namespace, openLivePrefixAudit(sources));
  }

  /** Audits it no more. */
  async unwatch(namespace: string): Promise<void> {
    const audit = this.#audits.get(namespace);
    this.#audits.delete(namespace);
    await audit?.close();
  }

  /** Ends everything that observes. */
  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#ending.map((end) => end()));
    for (const audit of this.#audits.values()) await audit.close();
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
      deployments: () => this.#lab.deployments(),
      live: () => ({ group: this.live.group }),
      weights: () => this.live.weights,
      nowMs: () => this.nowMs(),
    });
    while (!this.#ended) {
      const sample = await sampler.sample();
      this.latest = sample;
      this.emit(sample);
      this.analysis?.sample(sample);
      await sleep(SAMPLE_MS);
    }
  }

  async #audit(): Promise<void> {
    while (!this.#ended) {
      await sleep(AUDIT_MS);
      if (this.#audits.size === 0 || this.analysis === undefined) continue;
      const found = await this.#auditAll();
      this.audits++;
      this.analysis?.audited(found);
    }
  }

  async #auditAll(): Promise<LivePrefixReport> {
    const reports: LivePrefixReport[] = [];
    // A server that is away at the moment is for the other gates to tell.
    for (const audit of [...this.#audits.values()]) {
      const report = await audit.audit().catch(() => undefined);
      if (report) reports.push(report);
    }
    return {
      records: reports.reduce((sum, { records }) => sum + records, 0),
      findings: reports.flatMap(({ findings }) => findings),
    };
  }
}
