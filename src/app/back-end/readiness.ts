/** Whether a Back End can be relied on: in the group, its partitions acquired, and none of them too far behind. */
import Type from 'typebox';
import type { Readiness } from '../runtime/service-http.ts';

const ANY_LAG = 'any';

/** How far behind a ready instance may be. */
export const ReadyLag = Type.String({
  default: '10000',
  pattern: `^(${ANY_LAG}|[0-9]{1,12})$`,
  description: 'most records that a partition of a ready instance may be behind, or any',
});

/** What readiness is told from. */
export interface Standing {
  /** Whether the group has assigned partitions to this member, be it none of them. */
  readonly assigned: boolean;
  /** How long the group has not answered. */
  readonly silentMs: number;
  /** Whether summaries can be published. */
  readonly canPublish: boolean;
  readonly owners: Iterable<OwnerStanding>;
  /** A value of {@link ReadyLag}. */
  readonly readyLag: string;
}

/** One partition in this member's hands. */
interface OwnerStanding {
  readonly partition: number;
  readonly halted: string | undefined;
  /** Undefined while the partition is not acquired. */
  readonly incarnation: string | undefined;
  readonly lagRecords: number;
}

/** Without an answer for this long others may have taken the partitions over. */
const LONGEST_SILENCE_MS = 20_000;

/** The readiness of an instance; `reason` names the first thing that is waited for. */
export function readinessOf(standing: Standing): Readiness {
  const { assigned, silentMs, canPublish, readyLag } = standing;
  if (!assigned) return waiting('no partitions are assigned yet');
  if (silentMs > LONGEST_SILENCE_MS)
    return waiting(`the consumer group has not answered for ${Math.round(silentMs / 1000)} s`);
  if (!canPublish) return waiting('the summary schema is not registered yet');
  const owners = [...standing.owners];
  const mostLag = readyLag === ANY_LAG ? Number.POSITIVE_INFINITY : Number(readyLag);
  for (const { partition, halted, incarnation, lagRecords } of owners) {
    if (halted) return waiting(`partition ${partition} is halted: ${halted}`);
    if (incarnation === undefined) return waiting(`partition ${partition} is not acquired`);
    if (lagRecords > mostLag)
      return waiting(
        `partition ${partition} is ${lagRecords} records behind, more than ${mostLag}`,
      );
  }
  return { ready: true, reason: `owns ${owners.length} partitions` };
}

const waiting = (reason: string): Readiness => ({ ready: false, reason });
