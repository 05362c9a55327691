/** What an upgrade, a rewind and a stop-all work with, and the settings of a build. */

import type { Experiment, Upgrade } from '../experiment/experiment.ts';
import type { Role } from '../platform/platform.ts';
import type { Hands, Serving } from '../strategy/strategy.ts';
import type { Observer } from './observer.ts';
import type { Registry } from './registry.ts';

/** What an upgrade works with. */
export interface UpgradeParts {
  readonly experiment: Experiment;
  readonly observer: Observer;
  readonly hands: Hands;
  readonly registry: Registry;
  readonly interrupt: AbortSignal;
  /** Called when other deployments serve readers. */
  readonly serves: (serving: Serving) => void;
}

/** Settings of a service in this build: a defect is the new Back End's or, where it is about schemas, the new generator's. */
export function defectOf({ build }: Pick<Upgrade, 'build'>, service: Role): Record<string, string> {
  const owner = build === 'bad-schema' ? 'generator' : 'back-end';
  return build !== 'good' && service === owner ? { DEFECT: build } : {};
}
