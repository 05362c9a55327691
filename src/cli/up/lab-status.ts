/** How far the records of a running lab have come, as its programs tell over HTTP. */

import type { Deployment, Role } from '../../platform/platform.ts';

/** Records of one SKU: every hour from 2000-01-01 up to and including 2024-02-29. */
const recordsPerSku = 211_824;

/** A look at the pipeline; all counts are records. */
export interface LabStatus {
  readonly atMs: number;
  readonly expected: number;
  /** Acknowledged by Kafka to the generator. */
  readonly produced: number;
  /** Counted in the totals that REST answers with. */
  readonly inRest: number;
  /** Whether the generator has nothing left to produce. */
  readonly complete: boolean;
}

/** Asks the generator and the stats service; a program that does not answer right now counts as at zero. */
export async function readStatus(
  deployments: readonly Deployment[],
  skus: number,
): Promise<LabStatus> {
  const [assignments, statuses] = await Promise.all([
    askAll<Assignment>(deployments, 'generator', '/assignment'),
    askAll<StatsStatus>(deployments, 'stats', '/status'),
  ]);
  // While versions change, the generator that handed a SKU over still tells how far it was.
  const acknowledged = new Map<string, number>();
  for (const [sku, seq] of assignments.flatMap((each) => Object.entries(each.acknowledged))) {
    acknowledged.set(sku, Math.max(seq, acknowledged.get(sku) ?? seq));
  }
  return {
    atMs: performance.now(),
    expected: skus * recordsPerSku,
    produced: [...acknowledged.values()].reduce((sum, seq) => sum + seq + 1, 0),
    inRest: Math.max(0, ...statuses.map((status) => status.records ?? 0)),
    complete: assignments.length > 0 && assignments.every((each) => each.complete),
  };
}

interface Assignment {
  /** Last acknowledged `seq` of each SKU. */
  readonly acknowledged: Readonly<Record<string, number>>;
  readonly complete: boolean;
}

interface StatsStatus {
  /** Null while the state DB does not answer. */
  readonly records: number | null;
}

async function askAll<Answer>(
  deployments: readonly Deployment[],
  role: Role,
  path: string,
): Promise<readonly Answer[]> {
  const instances = deployments
    .filter((deployment) => deployment.spec.role === role)
    .flatMap((deployment) => deployment.instances);
  const answers = await Promise.allSettled(
    instances.map(async ({ url }) => {
      const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(5_000) });
      if (!response.ok) throw new Error(`${url}${path} answered ${response.status}`);
      return (await response.json()) as Answer;
    }),
  );
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}
