/** Breaks a line that is longer than the terminal is wide, so that what follows stands below where the text began. */

import { stripVTControlCharacters } from 'node:util';
import wrapAnsi from 'wrap-ansi';

const MORE_INDENT = 4;
const DEEPEST = 20;
const NARROWEST = 40;

/** The line, broken between words; what follows stands below the text after a label, or further in where there is none. */
export function wrapLine(line: string, columns: number): readonly string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const label = /^ *\S+(?: \S+)? {2,}/.exec(stripVTControlCharacters(line))?.[0] ?? '';
  const deep = label !== '' && label.length <= DEEPEST ? label.length : indent.length + MORE_INDENT;
  const hanging = ' '.repeat(deep);
  const width = Math.max(NARROWEST, columns - deep);
  const text = line.slice(indent.length);
  const [first = '', ...rest] = wrapAnsi(text, width, { hard: true, trim: false }).split('\n');
  return [indent + first, ...rest.map((each) => hanging + each.trimStart())].map((each) =>
    each.trimEnd(),
  );
}
