/** Marks, colours and numbers of the live view; a mark never differs by its colour alone. */

import { styleText } from 'node:util';

/** Whether something is as it should be. */
export type Condition = 'good' | 'waiting' | 'bad' | 'open';

const marks = { good: '✔', waiting: '◌', bad: '✖', open: '?' } as const;
const colours = { good: 'green', waiting: 'yellow', bad: 'red', open: 'yellow' } as const;

/** Paints texts, or leaves them as they are. */
export interface Paint {
  /** The mark of a condition, e.g. `✔`. */
  readonly mark: (condition: Condition) => string;
  readonly condition: (condition: Condition, text: string) => string;
  readonly bold: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** A painter; without colour it changes no text. */
export function createPaint(colour: boolean): Paint {
  type Style = Parameters<typeof styleText>[0];
  const style = (format: Style, text: string) =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  return {
    mark: (condition) => style(colours[condition], marks[condition]),
    condition: (condition, text) => style(colours[condition], text),
    bold: (text) => style('bold', text),
    faint: (text) => style('dim', text),
  };
}

/** A number with separated thousands. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** E.g. `25 %`, `33.3 %`. */
export function percent(value: number): string {
  return `${Number(value.toFixed(1))} %`;
}

/** A time since the beginning, e.g. `7.3 s`, `1:07 min`. */
export function clock(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;
}

/** Numbers as ranges, e.g. `0-2, 5`. */
export function ranges(numbers: readonly number[]): string {
  const parts: [first: number, last: number][] = [];
  for (const each of numbers.toSorted((a, b) => a - b)) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === each - 1) last[1] = each;
    else parts.push([each, each]);
  }
  return parts.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(', ');
}
