/** Verifies a running lab: collects its history, then judges it. */

import { foldLog } from './checker/fold-log.ts';
import type { Verdict } from './checker/verdict.ts';
import { judgeRun } from './checker/verdict.ts';
import type { Sources } from './history/collect.ts';
import { collectHistory } from './history/collect.ts';
import type { History } from './history/history.ts';
import type { HttpInstance } from './history/read-rest.ts';
import type { DataNames, Deployment, Role, RunningLab } from './platform/platform.ts';
import { dataNamesOf } from './platform/platform.ts';

/** How to verify. */
export interface VerifyLiveOptions {
  /** Every SKU must have all its 211,824 records; default false. */
  readonly complete?: boolean;
  /** How long to wait for the pipeline to drain; default 30,000. */
  readonly timeoutMs?: number;
  /** Names of the `stats` deployments that readers reach; default all. */
  readonly readers?: readonly string[];
  /** See `JudgeOptions`. */
  readonly maxGapMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with what is being done, e.g. `reading the log`. */
  readonly progress?: (step: string) => void;
  /** Called with the history before it is judged, so that it can be saved first. */
  readonly keep?: (history: History) => Promise<void>;
}

/** The history as it was collected and what the checker makes of it. */
export interface LiveVerification {
  readonly history: History;
  readonly verdict: Verdict;
}

/** What a lab must tell to be verified; `{ ...lab, deployments: await lab.deployments() }` of a `Lab` fits. */
export type VerifiableLab = Pick<RunningLab, 'addresses' | 'run' | 'deployments'>;

/** Collects and judges; whatever cannot be collected makes the verdict `unknown`, so it rejects only when aborted. */
export async function verifyLive(
  lab: VerifiableLab,
  options: VerifyLiveOptions = {},
): Promise<LiveVerification> {
  const { complete = false, timeoutMs = 30_000, maxGapMs, signal, progress, keep } = options;
  const history = await collectHistory(
    sourcesOf(lab, options.readers),
    { timeoutMs, whileProducing: complete, signal, ...(progress ? { progress } : {}) },
    foldLog,
  );
  await keep?.(history);
  progress?.('judging');
  const bar = maxGapMs === undefined ? {} : { maxGapMs };
  return { history, verdict: judgeRun({ history }, { complete, ...bar }) };
}

/**
 * Where the data are that readers are served from: the topic of their Summary Stats UI, the Back End that writes it, and that
 * one's state and input. Names that a deployment was given count, and the defaults where it was given none.
 * @param readers names of the `stats` deployments that readers reach; default all
 */
export function sourcesOf(
  { addresses, run, deployments }: VerifiableLab,
  readers?: readonly string[],
): Sources {
  const shown = ofRole(deployments, 'stats').filter(
    ({ spec }) => readers === undefined || readers.includes(spec.name),
  );
  const backEnds = ofRole(deployments, 'back-end');
  const { summary } = namesOf(shown[0] ?? backEnds[0]);
  const backEnd = backEnds.find((each) => namesOf(each).summary === summary) ?? backEnds[0];
  const { raw, deadLetter, namespace } = namesOf(backEnd);
  const generators = ofRole(deployments, 'generator').filter((each) => namesOf(each).raw === raw);
  return {
    run,
    bootstrap: addresses.bootstrap,
    registry: addresses.registry,
    state: addresses.valkey[0],
    stateNamespace: namespace,
    topics: { raw, summary, deadLetter },
    generators: generators.flatMap(instancesOf),
    rest: shown.filter((each) => namesOf(each).summary === summary).flatMap(instancesOf),
  };
}

function ofRole(deployments: readonly Deployment[], role: Role): readonly Deployment[] {
  return deployments.filter(({ spec }) => spec.role === role);
}

function namesOf(deployment: Deployment | undefined): DataNames {
  return dataNamesOf(deployment?.spec ?? { env: {} });
}

function instancesOf({ spec, instances }: Deployment): HttpInstance[] {
  return instances.map(({ name, url }) => ({
    deployment: spec.name,
    instance: name,
    url,
    version: spec.version,
  }));
}
