/** What an upgrade, a rewind and a stop-all work with, and the settings of a build. */

import type { Experiment, Upgrade } from '../experiment/experiment.ts';
import type { Role } from '../platform/platform.ts';
import type { Hands, Serving } from '../strategy/strategy.ts';
import type { Observer } from './observer.ts';
import type { Registry } from './registry.ts';

/** What an upgrade works with. */
export interface UpgradeParts {
  readonly experiment: Pick<Experiment, 'style'>;
  readonly observer: Observer;
  readonly hands: Hands;
  readonly registry: Registry;
  /** Drops everything at once. */
  readonly interrupt: AbortSignal;
  /** Takes the rollout back, in any step at once, as where a gate fails; the reason is told. Absent where nobody can ask for it. */
  readonly cancel?: AbortSignal;
  /** Upgrades that were tried here before and may have left data behind; default none. */
  readonly triedBefore?: number;
  /** Called when other deployments serve readers. */
  readonly serves: (serving: Serving) => void;
}

/** Settings of a service in this build: a defect is the new Back End's or, where it is about schemas, the new generator's. */
export function defectOf({ build }: Pick<Upgrade, 'build'>, service: Role): Record<string, string> {
  const owner = build === 'bad-schema' ? 'generator' : 'back-end';
  return build !== 'good' && service === owner ? { DEFECT: build } : {};
}
