/** The steps in which one service changes: its shares, and what each is called. */

import type { Role } from '../../platform/platform.ts';
import type { StrategyName } from '../experiment.ts';

/** Services for people. */
export const serviceNames: Readonly<Record<Role, string>> = {
  generator: 'generator',
  'back-end': 'back end',
  stats: 'stats',
};

/** Shares that a service stops at; of blue and green, 0 is green beside blue and 100 the switch. */
export function sharesOf(strategy: StrategyName, service: Role, steps: readonly number[]) {
  if (strategy === 'canary') return steps;
  if (strategy === 'rolling') return [50, 100];
  return service === 'back-end' ? [0, 100] : [100];
}

/** A share of a service's change for people. */
export function titleOf(
  strategy: StrategyName,
  service: Role,
  old: string,
  to: string,
  share: number,
): string {
  const name = serviceNames[service];
  if (strategy === 'blue-green' && service === 'back-end') {
    return share === 0
      ? `back end: green ${to} replays the log beside blue ${old}`
      : `back end: green ${to} promoted, blue ${old} kept warm`;
  }
  if (share === 100) return `${name} at ${to}`;
  if (strategy === 'rolling') return `${name} at ${old} and ${to}`;
  return `${name}: ${share} % at ${to}, the rest at ${old}`;
}
