/** What a strategy is: it takes one service from an old deployment to a new one in steps, each of which can be taken back. */

import type { Deployment, DeploymentSpec, Lab } from '../platform/platform.ts';

/** What a strategy may do. */
export interface Hands {
  readonly lab: Pick<Lab, 'deploy' | 'remove' | 'deployments' | 'route'>;
  /** Partitions of the input topic; members of a group never exceed them. */
  readonly partitions: number;
  /** SKUs that are produced, by number. */
  readonly skus: readonly number[];
  /** Shares in percent that a canary stops at, ascending, the last 100. */
  readonly shares: readonly number[];
  /** Creates the output topic of a green Back End, like that of the blue one. */
  createOutput(topic: string, like: string): Promise<void>;
  /** Switches readers from what blue wrote to `reader`, which shows what green writes, at a moment in which no total goes back for them. */
  handOver(
    blue: DeploymentSpec,
    green: DeploymentSpec,
    reader: DeploymentSpec,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Resolves when green has counted as far as blue on every partition and shows equal totals; rejects where it does not, or with the signal's reason. */
  levelWith(blue: DeploymentSpec, green: DeploymentSpec, signal?: AbortSignal): Promise<void>;
}

/** The deployments that serve: exactly one a role, of one or more instances. */
export interface Serving {
  readonly generator: DeploymentSpec;
  readonly 'back-end': DeploymentSpec;
  readonly stats: DeploymentSpec;
}

/** One step; its effect is there when `apply` resolves. */
export interface RolloutStep {
  /** For people, e.g. `25 % of the partitions`. */
  readonly title: string;
  /** Share in percent that the new version is to have after it. */
  readonly share: number;
  apply(): Promise<void>;
}

/** The way of one service. */
export interface ServiceRollout {
  readonly steps: readonly RolloutStep[];
  /** What serves once every step is done. */
  readonly after: Serving;
  /** Ends what the old version still runs; there is no way back afterwards but another rollout. */
  finish(): Promise<void>;
  /** Gives everything back to the old version and ends the new one, from any point; idempotent. */
  abort(): Promise<void>;
}

/** What a service is changed to. */
export interface Change {
  readonly version: string;
  /** Settings on top of those of the old deployment, e.g. a defect. */
  readonly env: Readonly<Record<string, string>>;
  /** Changes that were tried before; data of its own are named so that none finds what an earlier one left. Default 0. */
  readonly triedBefore?: number;
}

/** Plans the way of one service; nothing happens before the first step. */
export type Strategy = (hands: Hands, serving: Serving, change: Change) => ServiceRollout;

/** Strategies by the service that they change. */
export type ServiceStrategies = Readonly<Record<keyof Serving, Strategy>>;

/** The new deployment beside an old one, e.g. `back-end-v2`; its settings are those of the old one. */
export function successor(old: DeploymentSpec, change: Change): DeploymentSpec {
  const plain = `${old.role}-${change.version}`;
  const name = plain === old.name ? `${plain}-again` : plain;
  return { ...old, name, version: change.version, env: { ...old.env, ...change.env } };
}

/** Ends a deployment where it is there. */
export async function removeIfThere(hands: Hands, name: string): Promise<void> {
  const isThere = (each: Deployment) => each.spec.name === name;
  if ((await hands.lab.deployments()).some(isThere)) await hands.lab.remove(name);
}
