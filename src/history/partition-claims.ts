/** Puts together what the Back Ends of one group say of their partitions: who owns each, how far it is counted, how far behind. */

import type { InstanceSources } from './lab-sources.ts';
import { LagAge } from './lag-age.ts';
import type { PartitionSample } from './timeline.ts';

/** How far a group has come. */
export interface GroupSample {
  readonly partitions: readonly PartitionSample[];
  readonly lagRecords: number;
  readonly lagSeconds: number;
}

interface Claim {
  readonly owner: string;
  readonly version: string;
  readonly generation: number;
  readonly heardMs: number;
  readonly next: number;
  readonly logEnd: number;
  readonly halted: string | null;
}

interface Known {
  next: number;
  logEnd: number;
  readonly age: LagAge;
}

/** One consumer group with its state; what it knew of a partition stays known while nobody owns it. */
export class PartitionClaims {
  readonly #known = new Map<number, Known>();
  readonly #whole = new LagAge();

  /**
   * A look at the group. `acknowledged` is how many records the generators know to be in the log: while a partition
   * has no owner, nobody tells where it ends.
   */
  look(atMs: number, members: readonly InstanceSources[], acknowledged: number): GroupSample {
    const claims = claimsOf(members);
    for (const partition of claims.keys()) {
      if (!this.#known.has(partition)) this.#known.set(partition, newlyKnown());
    }
    let oldestMs = 0;
    const partitions = [...this.#known]
      .sort(([a], [b]) => a - b)
      .map(([partition, known]) => {
        const claim = claims.get(partition);
        known.next = Math.max(known.next, claim?.next ?? 0);
        known.logEnd = Math.max(known.logEnd, known.next, claim?.logEnd ?? 0);
        oldestMs = Math.max(oldestMs, known.age.look(atMs, known.next, known.logEnd));
        return describe(partition, known, claim);
      });
    const next = sum(partitions.map((each) => each.next));
    const end = Math.max(sum(partitions.map((each) => each.logEnd)), acknowledged);
    const wholeMs = this.#whole.look(atMs, next, end);
    return {
      partitions,
      lagRecords: end - next,
      lagSeconds: Math.max(oldestMs, wholeMs) / 1000,
    };
  }
}

function newlyKnown(): Known {
  return { next: 0, logEnd: 0, age: new LagAge() };
}

function describe(partition: number, known: Known, claim: Claim | undefined): PartitionSample {
  return {
    partition,
    owner: claim?.owner ?? null,
    version: claim?.version ?? null,
    next: known.next,
    logEnd: known.logEnd,
    halted: claim?.halted ?? null,
  };
}

/** The claim that counts for each partition: of the latest generation, and of equal ones the one heard last. */
function claimsOf(members: readonly InstanceSources[]): Map<number, Claim> {
  const claims = new Map<number, Claim>();
  for (const { spec, instance, present, partitions } of members) {
    const heard = partitions?.heard;
    if (!present || heard === undefined) continue;
    const generation = heard.answer.generation ?? -1;
    const common = { owner: instance.name, version: spec.version, generation, heardMs: heard.atMs };
    for (const { partition, ...rest } of heard.answer.partitions) {
      const claim = { ...common, ...rest };
      if (outranks(claim, claims.get(partition))) claims.set(partition, claim);
    }
  }
  return claims;
}

function outranks(claim: Claim, other: Claim | undefined): boolean {
  if (other === undefined || claim.generation > other.generation) return true;
  return claim.generation === other.generation && claim.heardMs > other.heardMs;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
