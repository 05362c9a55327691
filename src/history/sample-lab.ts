/** Looks at a running application again and again, as its programs tell over HTTP, and makes samples of the timeline of it. */

import type { Deployment } from '../platform/platform.ts';
import { dataNamesOf } from '../platform/platform.ts';
import { Acknowledged } from './acknowledged.ts';
import { sampleDeployments } from './deployment-shares.ts';
import type { InstanceSources } from './lab-sources.ts';
import { LabSources } from './lab-sources.ts';
import { PartitionClaims } from './partition-claims.ts';
import { Source, withinMs } from './source.ts';
import type { Sample } from './timeline.ts';

/** Which Back End readers see, where several run side by side; an absent part is the programs' own default. */
export interface LiveNames {
  /** Input topic; deployments on another one are none of this application. */
  readonly rawTopic?: string;
  /** Consumer group of the Back End whose output readers see. */
  readonly group?: string;
}

/** How to sample. */
export interface SamplerOptions {
  /** The deployments as they are now, e.g. `() => lab.deployments()`. */
  readonly deployments: () => Promise<readonly Deployment[]>;
  /** Asked at each sample, since a promotion changes it. Default: no topic is left out, and the group is that of the oldest Back End. */
  readonly live?: () => LiveNames;
  /** Weights that readers were shared out by last; default: every instance gets the same. */
  readonly weights?: () => Readonly<Record<string, number>> | undefined;
  /** Milliseconds since the run began; default: since the sampler was made. */
  readonly nowMs?: () => number;
  /** Longest time that one sample waits for answers; default 150. What answers later is in a later sample. */
  readonly waitMs?: number;
}

/** Makes samples. */
export interface Sampler {
  /** A look; takes at most `waitMs`, the first one also what listing the deployments takes, and rejects only where that fails at first. */
  sample(): Promise<Sample>;
}

const WAIT_MS = 150;
const TIMEOUT_MS = 2_000;
const FIRST_TIMEOUT_MS = 10_000;
const DEFAULT_GROUP = dataNamesOf({ env: {} }).group;

/**
 * Makes a sampler. Counters are kept by start of an instance, so they only grow; what an instance counted between the
 * last look at it and its end is in no counter of a version, but in `next`.
 */
export function createSampler(options: SamplerOptions): Sampler {
  const { weights = () => undefined, waitMs = WAIT_MS } = options;
  const startMs = performance.now();
  const nowMs = options.nowMs ?? (() => performance.now() - startMs);
  const listing = new Source(() => options.deployments(), FIRST_TIMEOUT_MS);
  const sources = new LabSources(TIMEOUT_MS);
  const groups = new Map<string, PartitionClaims>();
  const acknowledged = new Acknowledged();

  async function listed(): Promise<readonly Deployment[]> {
    if (listing.heard === undefined) await listing.settle();
    else await withinMs([listing.ask()], waitMs);
    if (listing.heard === undefined) throw listing.failure;
    return listing.heard.answer;
  }

  return {
    async sample() {
      const names = options.live?.() ?? {};
      const deployments = ofTopic(await listed(), names.rawTopic);
      sources.list(deployments);
      await withinMs(sources.ask(), waitMs);
      const all = sources.all();
      const key = names.group ?? firstGroup(deployments);
      const group = groups.get(key) ?? new PartitionClaims();
      groups.set(key, group);
      const atMs = nowMs();
      const members = all.filter(({ spec }) => spec.role === 'back-end' && groupOf(spec) === key);
      return {
        kind: 'sample',
        atMs: Math.round(atMs),
        deployments: sampleDeployments(deployments, all, weights()),
        produced: byVersion(all, 'generator', 'cutover_records_produced_total'),
        counted: byVersion(all, 'back-end', 'cutover_offsets_total'),
        undecodable: total(byVersion(all, 'back-end', 'cutover_undecodable_total')),
        ...group.look(atMs, members, acknowledged.look(all)),
      };
    },
  };
}

type Spec = Deployment['spec'];

function groupOf(spec: Spec): string {
  return dataNamesOf(spec).group;
}

function firstGroup(deployments: readonly Deployment[]): string {
  const spec = deployments.find((each) => each.spec.role === 'back-end')?.spec;
  return spec === undefined ? DEFAULT_GROUP : groupOf(spec);
}

/** The deployments on an input topic, and the readers of what their Back Ends write; all where no topic is named. */
function ofTopic(deployments: readonly Deployment[], topic: string | undefined) {
  if (topic === undefined) return deployments;
  const isOfTopic = (spec: Spec) => dataNamesOf(spec).raw === topic;
  const outputs = new Set(
    deployments
      .filter(({ spec }) => spec.role === 'back-end' && isOfTopic(spec))
      .map(({ spec }) => dataNamesOf(spec).summary),
  );
  return deployments.filter(({ spec }) =>
    spec.role === 'stats' ? outputs.has(dataNamesOf(spec).summary) : isOfTopic(spec),
  );
}

/** A counter summed by version; a version whose instances told nothing yet is at 0. */
function byVersion(all: readonly InstanceSources[], role: string, counter: string) {
  const sums: Record<string, number> = {};
  for (const { spec, counters } of all) {
    if (spec.role !== role) continue;
    const counted = counters?.heard?.answer.get(counter) ?? 0;
    sums[spec.version] = (sums[spec.version] ?? 0) + counted;
  }
  return sums;
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
