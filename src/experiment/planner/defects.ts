/** What a defective build of the new version does to totals, and whether the analysis notices it while its Back End counts. */

import type { FindingKind } from '../../history/history.ts';
import type { Build, SchemaStyle, Upgrade } from '../experiment.ts';
import { rawWriting } from './application.ts';
import type { PlacedFinding } from './find-findings.ts';
import type { WalkState } from './walk.ts';

/** Kinds that are found of totals that a build's Back End counted. A record in a wrong month is missing in one and too many in another. */
const damages: Readonly<Record<Build, readonly FindingKind[]>> = {
  good: [],
  crash: [],
  slow: [],
  'double-count': ['duplicated'],
  'wrong-month': ['lost', 'duplicated'],
  'bad-schema': [],
};

/** Whether the analysis takes the build back as soon as its Back End counts. */
export function isCaughtCounting(build: Build): boolean {
  return build !== 'good' && build !== 'bad-schema';
}

/** The state that a build shares with the old version. */
interface Shared {
  /** Place in the walk of the run. */
  readonly at: number;
  readonly namespace: string;
  /** The version that it was counted by. */
  readonly old: string;
  readonly style: SchemaStyle;
}

/** What a build does to the state that its Back End shares; green damages only its own, which nobody is served from. */
export function damageOf(
  { build, strategy, to }: Upgrade,
  walked: readonly WalkState[],
  { at, namespace, old, style }: Shared,
): readonly PlacedFinding[] {
  const state = walked.find(({ backEnds }) => backEnds.includes(to));
  if (state === undefined || strategy === 'blue-green') return [];
  const why = `the ${to} back end is built to ${build.replace('-', ' ')}, in the state that it shares with ${old}`;
  return damages[build].map((kind) => ({
    ...{ kind, at, namespace, why, state: state.title, writer: old, reader: to },
    ...{ record: rawWriting(old, style).record, readAs: build, isDamage: true },
  }));
}
