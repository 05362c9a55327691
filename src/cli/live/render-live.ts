/** Draws a live view as lines, in the manner of `kubectl argo rollouts get rollout --watch`. */

import { stripVTControlCharacters } from 'node:util';
import sliceAnsi from 'slice-ansi';
import { describeEvent, stamp } from './event-line.ts';
import type { LiveView } from './live-state.ts';
import type { Paint } from './paint.ts';
import { clock, count, createPaint } from './paint.ts';
import { handledInStep } from './rates.ts';
import type { TreeRow } from './tree.ts';
import { treeOf } from './tree.ts';

/** Where the lines go. */
export interface LiveSize {
  /** Columns; no line is longer. */
  readonly width: number;
  readonly colour: boolean;
  /** Rows; older notes are left out where there are more lines. Default: as many as it takes. */
  readonly height?: number;
}

const GAP = '  ';
const columns = ['name', 'version', 'state', 'share', 'work'] as const;
const headings: TreeRow = {
  name: '',
  version: 'version',
  state: 'instances',
  share: 'share → achieved',
  work: '',
};

/** The lines; without colour they hold no control characters. */
export function renderLive(view: LiveView, { width, colour, height }: LiveSize): string[] {
  const paint = createPaint(colour);
  const fixed = [
    ...headOf(view, width, paint),
    ...table(treeOf(view, paint), paint),
    ...gatesOf(view, paint),
  ];
  const room = height === undefined ? view.notes.length : Math.max(0, height - fixed.length - 1);
  const notes = notesOf(view, paint, room);
  const lines = [...fixed, ...(notes.length > 0 ? ['', ...notes] : [])];
  return lines.map((line) => sliceAnsi(line, 0, width).trimEnd());
}

/** The title never changes, so that what is drawn over it need not be drawn anew. */
function headOf(view: LiveView, width: number, paint: Paint): readonly string[] {
  const time = clock(view.atMs);
  const step = stepOf(view, paint);
  return [paint.bold(view.title), `${pad(step, width - time.length - 1)} ${time}`];
}

function stepOf(view: LiveView, paint: Paint): string {
  const { step, stepsDone, atMs } = view;
  if (step === null) return `${paint.faint('—')} no step under way, ${stepsDone} done`;
  const handled = handledInStep(view);
  const what = step.service === 'stats' ? 'answers' : 'records';
  const done = handled === null ? '' : `, ${count(handled)} ${what} by ${step.version}`;
  const since = paint.faint(`since ${clock(atMs - step.atMs)}${done}`);
  return `${paint.condition('waiting', '▶')} step ${step.step + 1}: ${step.title} ${since}`;
}

/** Rows with their columns aligned, and headings. */
function table(rows: readonly (TreeRow | string)[], paint: Paint): readonly string[] {
  if (rows.length === 0) return ['', paint.faint('nothing was seen of the application yet')];
  const all = [headings, ...rows.filter((row) => typeof row !== 'string')];
  const widths = columns.map((column) => Math.max(...all.map((row) => visible(row[column]))));
  const line = (row: TreeRow) =>
    columns
      .map((column, at) => pad(row[column], widths[at] ?? 0))
      .join(GAP)
      .trimEnd();
  return [
    paint.faint(line(headings)),
    ...rows.map((row) => (typeof row === 'string' ? row : line(row))),
  ];
}

function visible(text: string): number {
  return stripVTControlCharacters(text).length;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - visible(text)));
}

function gatesOf(view: LiveView, paint: Paint): readonly string[] {
  const gates = Object.values(view.gates);
  if (gates.length === 0) return [];
  const conditions = { pass: 'good', fail: 'bad', inconclusive: 'open' } as const;
  const ticks = gates.map(({ gate, word }) => `${paint.mark(conditions[word])} ${gate}`);
  const troubled = gates.filter(({ word }) => word !== 'pass');
  return [
    '',
    `${paint.bold('gates')}${GAP}${ticks.join(GAP)}`,
    ...troubled.map(
      (each) => `  ${paint.mark(conditions[each.word])} ${each.gate}: ${each.detail}`,
    ),
  ];
}

function notesOf(view: LiveView, paint: Paint, room: number): readonly string[] {
  if (room === 0) return [];
  return view.notes.slice(-room).map(({ atMs, event }) => {
    const { condition, text } = describeEvent(event);
    return `${paint.faint(stamp(atMs))}${GAP}${paint.mark(condition)} ${text}`;
  });
}
