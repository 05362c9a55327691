/** Verifies a running lab: collects its history, then judges it. */

import { foldLog } from './checker/fold-log.ts';
import type { Verdict } from './checker/verdict.ts';
import { judgeHistory } from './checker/verdict.ts';
import type { Sources } from './history/collect.ts';
import { collectHistory } from './history/collect.ts';
import type { History } from './history/history.ts';
import type { HttpInstance } from './history/read-rest.ts';
import type { Deployment, Role, RunningLab } from './platform/platform.ts';

/** How to verify. */
export interface VerifyLiveOptions {
  /** Every SKU must have all its 211,824 records; default false. */
  readonly complete?: boolean;
  /** How long to wait for the pipeline to drain; default 30,000. */
  readonly timeoutMs?: number;
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
  const { complete = false, timeoutMs = 30_000, signal, progress, keep } = options;
  const history = await collectHistory(
    sourcesOf(lab),
    { timeoutMs, whileProducing: complete, signal, ...(progress ? { progress } : {}) },
    foldLog,
  );
  await keep?.(history);
  progress?.('judging');
  return { history, verdict: judgeHistory(history, { complete }) };
}

/** Where a lab's data are; names that its back end was given count, and the defaults where it was given none. */
function sourcesOf({ addresses, run, deployments }: VerifiableLab): Sources {
  const env = deployments.find(({ spec }) => spec.role === 'back-end')?.spec.env ?? {};
  return {
    run,
    bootstrap: addresses.bootstrap,
    registry: addresses.registry,
    state: addresses.valkey[0],
    stateNamespace: env.STATE_NAMESPACE ?? 'back-end',
    topics: {
      raw: env.RAW_TOPIC ?? 'raw-data-in',
      summary: env.SUMMARY_TOPIC ?? 'summary-stats',
      deadLetter: env.DLQ_TOPIC ?? 'raw-data-in.dlq',
    },
    generators: instancesOf(deployments, 'generator'),
    rest: instancesOf(deployments, 'stats'),
  };
}

function instancesOf(deployments: readonly Deployment[], role: Role): HttpInstance[] {
  return deployments
    .filter(({ spec }) => spec.role === role)
    .flatMap(({ spec, instances }) =>
      instances.map(({ name, url }) => ({
        deployment: spec.name,
        instance: name,
        url,
        version: spec.version,
      })),
    );
}
