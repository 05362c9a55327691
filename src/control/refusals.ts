/** What stands against an upgrade of a running lab before anything starts; each refusal names the command that mends it. */

import type { LabControl, Refusal, UpgradeRequest } from './protocol.ts';

type Now = Pick<LabControl, 'lab' | 'serving' | 'upgrade' | 'failure'>;

/** That another upgrade is under way or paused, or broke off. */
export function busyRefusals({ lab, upgrade, failure }: Now): readonly Refusal[] {
  const flag = nameFlag(lab);
  if (failure !== null) {
    const message = `an upgrade broke off, and nobody knows what runs now: ${failure}. Mend: npx cutover down${flag}, then npx cutover up${flag}`;
    return [{ code: 'BROKEN', message }];
  }
  if (upgrade?.state === 'under way') {
    const message = `an upgrade to ${upgrade.to} is already under way. Mend: follow it with npx cutover watch${flag} and try again when it is over`;
    return [{ code: 'UNDER_WAY', message }];
  }
  if (upgrade?.state === 'paused') {
    const message = `the upgrade to ${upgrade.to} is paused. Mend: npx cutover upgrade --take-back${flag}`;
    return [{ code: 'PAUSED', message }];
  }
  return [];
}

/** That no upgrade is there to be taken back. */
export function notPaused(now: Now): readonly Refusal[] {
  if (now.upgrade?.state === 'paused') return [];
  if (now.upgrade !== null || now.failure !== null) return busyRefusals(now);
  const mend = `npx cutover watch --once${nameFlag(now.lab)}`;
  return [
    { code: 'NOT_PAUSED', message: `no upgrade is paused. Mend: see what runs with ${mend}` },
  ];
}

/** That there is no such version, or that it is not later than what serves. */
export function wrongVersion(
  { lab, serving }: Now,
  to: string,
  available: readonly string[],
): readonly Refusal[] {
  if (!available.includes(to)) return [unknownVersion(to, available, nameFlag(lab))];
  const latest = Object.values(serving).toSorted(byNumber).at(-1) ?? '';
  if (byNumber(to, latest) > 0) return [];
  const later = available.filter((each) => byNumber(each, latest) > 0);
  const mend =
    later[0] === undefined
      ? `stop the lab with Ctrl-C and start it at an earlier version with npx cutover up --app v1${nameFlag(lab)}`
      : `npx cutover upgrade ${later[0]}${nameFlag(lab)}`;
  return [{ code: 'NOT_LATER', message: `${to}: the lab runs ${latest} already. Mend: ${mend}` }];
}

/** That this installation has no such version. */
export function unknownVersion(to: string, available: readonly string[], flag: string): Refusal {
  const mend = `npx cutover upgrade ${available.at(-1)}${flag}`;
  const message = `${to}: unknown version (there are ${available.join(', ')}). Mend: ${mend}`;
  return { code: 'UNKNOWN_VERSION', message };
}

/** That production ends before every step can have its records: gates would have nothing to judge. */
export function tooFewRecords(
  { lab }: Now,
  { strategy, steps, bakeRecords }: UpgradeRequest,
  left: number,
): readonly Refusal[] {
  const services = 3;
  const needed = services * (strategy === 'canary' ? steps.length : 1) * bakeRecords;
  if (left >= needed) return [];
  const what = `${left} records are left to produce, and the steps need ${needed}`;
  const mend = `start a longer lab, e.g. npx cutover up --skus 100${nameFlag(lab)}, or give a lower --bake-records`;
  return [{ code: 'FEW_RECORDS', message: `${what}. Mend: ${mend}` }];
}

/** The flag that names a lab in a command; empty for the one that needs none. */
export function nameFlag(lab: string): string {
  return lab === 'default' ? '' : ` --name ${lab}`;
}

function byNumber(a: string, b: string): number {
  return Number(a.slice(1)) - Number(b.slice(1));
}
