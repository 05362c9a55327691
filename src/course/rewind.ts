/** A rewind: the live version counts the whole log again, into a state and an output of its own, and readers are given that. */

import type { Experiment } from '../experiment/experiment.ts';
import { blueGreen } from '../strategy/blue-green.ts';
import type { Serving } from '../strategy/strategy.ts';
import type { UpgradeParts } from './upgrade-parts.ts';

/** Carries the rewind out; answers what serves then. */
export async function rewind(
  parts: UpgradeParts & { readonly experiment: Pick<Experiment, 'upgrades'> },
  serving: Serving,
): Promise<Serving> {
  const { observer, hands, serves, experiment } = parts;
  const title = 'the whole log is counted again';
  const upgrade = experiment.upgrades.length;
  const event = { kind: 'step', upgrade, step: 0, title, service: 'back-end' } as const;
  const about = { version: serving['back-end'].version, share: null, achieved: null };
  observer.emit({ ...event, ...about, phase: 'begin', atMs: observer.nowMs() });
  const change = { version: serving['back-end'].version, env: {} };
  const rollout = blueGreen['back-end'](hands, serving, change);
  for (const step of rollout.steps) await step.apply();
  serves(rollout.after);
  await rollout.finish();
  observer.emit({ ...event, ...about, phase: 'end', atMs: observer.nowMs() });
  return rollout.after;
}
