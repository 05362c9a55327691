/** How an upgrade ended, in lines for people. */

import type { UpgradeResult } from '../../control/protocol.ts';
import { nameFlag } from '../../control/refusals.ts';
import type { DecisionEvent } from '../../history/timeline.ts';
import type { Condition } from '../live/paint.ts';
import { clock, createPaint } from '../live/paint.ts';

/** What is told. */
export interface UpgradeStory {
  readonly end: UpgradeResult;
  readonly decisions: readonly DecisionEvent[];
  /** Name of the lab. */
  readonly lab: string;
  /** Where it is saved. */
  readonly folder: string;
}

const conditions: Readonly<Record<UpgradeResult['outcome'], Condition>> = {
  promoted: 'good',
  'rolled-back': 'bad',
  refused: 'bad',
  failed: 'bad',
  paused: 'open',
};

/** The lines; the first says how it ended and why. */
export function describeEnd(story: UpgradeStory, colour: boolean): readonly string[] {
  const { end, lab, folder } = story;
  const flag = nameFlag(lab);
  const paint = createPaint(colour);
  const word = paint.bold(end.outcome.replace('-', ' '));
  const next = end.outcome === 'failed' ? `stop     npx cutover down${flag}` : undefined;
  return [
    `${paint.mark(conditions[end.outcome])} ${word}: ${end.reason}`,
    ...consequence(story).map((line) => `  ${line}`),
    `  saved    ${folder}`,
    `  ${next ?? `judge    npx cutover verify --live${flag}`}`,
  ];
}

function consequence({ end, decisions, lab }: UpgradeStory): readonly string[] {
  const versions = [...new Set(Object.values(end.serving))].toSorted().join(' and ');
  if (end.outcome === 'rolled-back') {
    const back = decisions.find(({ action }) => action === 'roll-back')?.atMs;
    const restored = decisions.find(({ action }) => action === 'restored')?.atMs;
    const took =
      back === undefined || restored === undefined ? '' : `, ${clock(restored - back)} after that`;
    return [`${versions} serves alone${took}`];
  }
  if (end.outcome === 'refused') return [`nothing was changed; ${versions} serves`];
  if (end.outcome !== 'paused') return [];
  return [
    'both versions run; look with npx cutover watch',
    `go back  npx cutover upgrade --take-back${nameFlag(lab)}`,
  ];
}
