/** What an upgrade, a rewind and a stop-all work with. */

import type { Experiment } from '../experiment/experiment.ts';
import type { Hands, Serving } from '../strategy/strategy.ts';
import type { Observer } from './observer.ts';

/** What an upgrade works with. */
export interface UpgradeParts {
  readonly experiment: Experiment;
  readonly observer: Observer;
  readonly hands: Hands;
  /** Base URL of the registry. */
  readonly registry: string;
  readonly interrupt: AbortSignal;
  /** Called when other deployments serve readers. */
  readonly serves: (serving: Serving) => void;
}
