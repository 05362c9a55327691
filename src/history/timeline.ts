/** What happened while a run went on, in the order in which it was seen: steps, samples, probes, gates, faults and decisions; one JSON line each. */

import type { Role } from '../platform/platform.ts';

/** Milliseconds since the run began. */
type At = { readonly atMs: number };

/** A step of a rollout begins or is over. */
export interface StepEvent extends At {
  readonly kind: 'step';
  readonly phase: 'begin' | 'end';
  /** Number of the upgrade in the run, from 0, and of the step in it. */
  readonly upgrade: number;
  readonly step: number;
  /** For people, e.g. `back end: 25 % of the partitions to v2`. */
  readonly title: string;
  /** The service that changes; null for a step of the whole application (start, drain, rewind). */
  readonly service: Role | null;
  /** Version that the step is about. */
  readonly version: string | null;
  /** Share in percent asked for; null where there is none. */
  readonly share: number | null;
  /** At the end: share in percent of records (back end, generator) or requests (stats) that the version really handled in the step. */
  readonly achieved: number | null;
  /** At the end: the step was left before it was done. */
  readonly brokeOff?: true;
}

/** One partition of the input topic as a Back End told of it. */
export interface PartitionSample {
  readonly partition: number;
  /** Instance that owns it, and its version; null while nobody does. */
  readonly owner: string | null;
  readonly version: string | null;
  readonly next: number;
  readonly logEnd: number;
  /** Why nothing more is counted of it. */
  readonly halted: string | null;
}

/** One deployment as it is seen. */
export interface DeploymentSample {
  readonly name: string;
  readonly role: Role;
  readonly version: string;
  readonly instances: readonly {
    readonly name: string;
    readonly ready: boolean;
    readonly restarts: number;
  }[];
  /** Share in percent of readers or SKUs that it is given; null for a Back End, whose share are its partitions. */
  readonly share: number | null;
}

/** The running application at a glance; the counters only grow. */
export interface Sample extends At {
  readonly kind: 'sample';
  readonly deployments: readonly DeploymentSample[];
  /** Of the Back End that readers see. */
  readonly partitions: readonly PartitionSample[];
  /** Records acknowledged so far, by version of the generator. */
  readonly produced: Readonly<Record<string, number>>;
  /** Records counted so far, by version of the Back End that counted them. */
  readonly counted: Readonly<Record<string, number>>;
  /** Dead letters so far. */
  readonly undecodable: number;
  /** Records in the log that are not counted yet; of the Back End that readers see. */
  readonly lagRecords: number;
  /** Age in seconds of the oldest record that is not counted. */
  readonly lagSeconds: number;
}

/** What readers met in a short while. */
export interface ProbeSample extends At {
  readonly kind: 'probe';
  /** Length of the while. */
  readonly forMs: number;
  readonly requests: number;
  /** Of these, answered with something other than 2xx or not at all. */
  readonly errors: number;
  /** Good answers by application version. */
  readonly versions: Readonly<Record<string, number>>;
  /** Longest and middle time to answer, ms; null without a good answer. */
  readonly slowestMs: number | null;
  readonly medianMs: number | null;
  /** Longest time between two good answers that ended in this while, ms. */
  readonly longestGapMs: number;
  /** The first error, e.g. `503 Service Unavailable`. */
  readonly error: string | null;
  /** What no reader may see: a total that went back, an answer in another version's shape. At most a few; `oddities` counts all. */
  readonly oddities: number;
  readonly firstOddity: string | null;
}

/** What a gate of the analysis says, each time that its word changes. */
export interface GateEvent extends At {
  readonly kind: 'gate';
  /** E.g. `restarts`, `lag`, `undecodable`, `prefix`, `availability`. */
  readonly gate: string;
  readonly word: 'pass' | 'fail' | 'inconclusive';
  readonly detail: string;
}

/** What the course decided, and why. */
export interface DecisionEvent extends At {
  readonly kind: 'decision';
  readonly action: 'promote' | 'pause' | 'roll-back' | 'restored' | 'refused';
  readonly reason: string;
}

/** A fault was done, or is over. */
export interface FaultEvent extends At {
  readonly kind: 'fault';
  readonly phase: 'begin' | 'heal';
  readonly fault: string;
  readonly target: string;
}

/** Something that the platform told: an instance ended, restarted, a component died. */
export interface PlatformEvent extends At {
  readonly kind: 'platform';
  readonly event: string;
  readonly subject: string;
  readonly detail: string;
}

/** One line of the timeline. */
export type TimelineEvent =
  | StepEvent
  | Sample
  | ProbeSample
  | GateEvent
  | DecisionEvent
  | FaultEvent
  | PlatformEvent;

/** A call that changed a partition's state, as the state DB itself was seen to carry it out. */
export interface StateCall {
  readonly atMs: number;
  readonly namespace: string;
  readonly partition: number;
  /** `publish` lists what is to be published, under the token; `confirm` is left out: it changes no total. */
  readonly call: 'acquire' | 'initialise' | 'apply' | 'publish';
  /** Fencing token that the call named, and the one that was stored before it (empty where none was). */
  readonly token: readonly [deployment: number, generation: number, owner: string];
  readonly stored: readonly [deployment: number, generation: number, owner: string] | null;
  /** Of `apply`: offsets that the batch covers, and `next` as it was stored before. */
  readonly first: number | null;
  readonly next: number | null;
  readonly storedNext: number | null;
  /** Whether it wrote anything; of `publish`: whether it was given rows. */
  readonly accepted: boolean;
}
