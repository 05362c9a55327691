/** The part of the matrix that `--only` names; of light weight, so that a command line is checked at once. */

import { axes } from '../../experiment/planner/axes.ts';
import { nearest } from '../../nearest.ts';

/** Allowed values of each axis that was named, by the name that people know it by. */
export type Selection = Readonly<Partial<Record<AxisName, readonly string[]>>>;

/** Names of the axes for people. */
export type AxisName = 'pair' | 'strategy' | 'order' | 'mode' | 'style';

const values: Readonly<Record<AxisName, readonly string[]>> = {
  pair: axes.pair,
  strategy: axes.strategy,
  order: axes.order,
  mode: axes.compatibility,
  style: axes.style,
};

const names = Object.keys(values);

/** Reads filters such as `pair=v1-v2,mode=NONE+FULL`; an axis that is named again allows more, and everything wrong is told at once. */
export function readOnly(filters: readonly string[]): {
  readonly selection: Selection;
  readonly problems: readonly string[];
} {
  const selection: Partial<Record<AxisName, string[]>> = {};
  const problems: string[] = [];
  for (const part of filters.flatMap((filter) => filter.split(','))) {
    const [axis = '', listed] = part.trim().split(/=(.*)/s);
    if (!isAxis(axis) || listed === undefined) {
      problems.push(describeAxis(part, axis));
      continue;
    }
    for (const value of listed.split('+')) {
      if (!values[axis].includes(value)) problems.push(describeValue(axis, value));
      selection[axis] = [...(selection[axis] ?? []), value];
    }
  }
  return { selection, problems };
}

/** Whether the selection has what lies at this place. */
export function isSelected(
  selection: Selection,
  place: Readonly<Record<AxisName, string>>,
): boolean {
  return Object.entries(selection).every(([axis, allowed]) =>
    allowed.includes(place[axis as AxisName]),
  );
}

function isAxis(name: string): name is AxisName {
  return names.includes(name);
}

function describeAxis(part: string, axis: string): string {
  return `--only ${part}: must be <axis>=<value>, with an axis of: ${names.join(', ')}${hint(axis, names)}`;
}

function describeValue(axis: AxisName, value: string): string {
  const allowed = values[axis];
  return `--only ${axis}=${value}: must be one of: ${allowed.join(', ')}${hint(value, allowed)}`;
}

function hint(word: string, candidates: readonly string[]): string {
  const near = candidates.includes(word) ? undefined : nearest(word, candidates);
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}
