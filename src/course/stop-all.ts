/** Stop-all, the baseline: everything old ends with its work done, then everything new starts. */

import type { Upgrade } from '../experiment/experiment.ts';
import { servicesOf } from '../experiment/experiment.ts';
import type { Role } from '../platform/platform.ts';
import { assignSkus } from '../strategy/assign-skus.ts';
import type { Serving } from '../strategy/strategy.ts';
import { bake } from './bake.ts';
import { untilCounted } from './counted.ts';
import type { UpgradeParts } from './upgrade-parts.ts';
import { defectOf } from './upgrade-parts.ts';

/** Replaces every deployment under its own name; answers what serves then. */
export async function stopAll(
  parts: UpgradeParts,
  upgrade: Upgrade,
  number: number,
  serving: Serving,
): Promise<Serving> {
  const { observer, interrupt, serves } = parts;
  const title = `everything stops, then starts at ${upgrade.to}`;
  const event = { kind: 'step', upgrade: number, step: 0, title, service: null } as const;
  const about = { version: upgrade.to, share: null, achieved: null };
  observer.emit({ ...event, ...about, phase: 'begin', atMs: observer.nowMs() });
  const after = await replaceAll(parts, serving, upgrade);
  serves(after);
  await bake(observer, upgrade.bakeRecords, interrupt);
  observer.emit({ ...event, ...about, phase: 'end', atMs: observer.nowMs() });
  return after;
}

/** The same deployments at another version, with nothing of both at work at once. */
export async function replaceAll(
  { hands, observer, interrupt }: Pick<UpgradeParts, 'hands' | 'observer' | 'interrupt'>,
  serving: Serving,
  upgrade: Pick<Upgrade, 'to' | 'build'>,
): Promise<Serving> {
  await assignSkus(hands, serving.generator.name, []);
  await untilCounted(observer, interrupt);
  for (const role of ['generator', 'back-end', 'stats'] as const) {
    await hands.lab.remove(serving[role].name);
  }
  const at = (role: Role) => {
    const env = { ...serving[role].env, ...defectOf(upgrade, role) };
    return { ...serving[role], version: upgrade.to, env };
  };
  const after = { generator: at('generator'), 'back-end': at('back-end'), stats: at('stats') };
  for (const role of servicesOf('consumers-first')) await hands.lab.deploy(after[role]);
  return after;
}
