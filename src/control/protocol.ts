/** What is said between the process that has a lab and a command in another terminal: requests, refusals, and the lines of an upgrade. */

import Type from 'typebox';
import type { StrategyName, Upgrade } from '../experiment/experiment.ts';
import type { StateCall, TimelineEvent } from '../history/timeline.ts';
import type { Role } from '../platform/platform.ts';

const choice = (words: readonly string[]) => Type.Enum([...words]);

/** `POST /upgrade`: how the lab is to be upgraded. */
export const upgradeRequest = Type.Object(
  {
    to: Type.String({ pattern: '^v[1-9][0-9]*$' }),
    strategy: choice(['rolling', 'canary', 'blue-green']),
    order: choice(['consumers-first', 'producers-first']),
    build: choice(['good', 'crash', 'slow', 'double-count', 'wrong-month', 'bad-schema']),
    rollback: Type.Union([
      choice(['none', 'after-new-state']),
      Type.Literal(25),
      Type.Literal(50),
      Type.Literal(100),
    ]),
    steps: Type.Array(Type.Integer({ minimum: 1, maximum: 100 }), { minItems: 1 }),
    bakeRecords: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false },
);

/** The request, checked. */
export type UpgradeRequest = Upgrade & { readonly strategy: Exclude<StrategyName, 'stop-all'> };

/** Why an upgrade is refused before anything starts. */
export interface Refusal {
  readonly code:
    | 'UNKNOWN_VERSION'
    | 'NOT_LATER'
    | 'UNDER_WAY'
    | 'PAUSED'
    | 'NOT_PAUSED'
    | 'BROKEN'
    | 'FEW_RECORDS';
  /** What and why, and the command that mends it. */
  readonly message: string;
}

/** `GET /`: what runs. */
export interface LabControl {
  readonly lab: string;
  /** Version by service that serves, between upgrades. */
  readonly serving: Readonly<Record<Role, string>>;
  /** The upgrade under way, or the one that is paused; null where there is none. */
  readonly upgrade: { readonly to: string; readonly state: 'under way' | 'paused' } | null;
  /** Why an upgrade broke off, after which nobody knows what runs; else null. */
  readonly failure: string | null;
}

/** How an upgrade ended. */
export interface UpgradeResult {
  /** `failed`: the lab did not do what it must, or was stopped meanwhile. */
  readonly outcome: 'promoted' | 'rolled-back' | 'refused' | 'paused' | 'failed';
  readonly reason: string;
  /** Versions that serve now. */
  readonly serving: LabControl['serving'];
  /** Whether it was cancelled; one that was promoted meanwhile stays. */
  readonly cancelled: boolean;
}

/** One line of the answer to `POST /upgrade` and `POST /upgrade/take-back`; `end` is the last. */
export type UpgradeLine =
  | { readonly event: TimelineEvent }
  | { readonly stateCall: StateCall }
  | { readonly end: UpgradeResult };
