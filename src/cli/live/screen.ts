/** Draws lines over the ones drawn before, without flicker and also after the terminal was resized. */

import { stripVTControlCharacters } from 'node:util';
import { createLogUpdate } from 'log-update';
import type { OutputStream } from '../terminal.ts';

/** Lines at the end of a terminal that can be replaced. */
export interface Screen {
  draw(lines: readonly string[]): void;
  /** Takes the lines away. */
  erase(): void;
  /** Leaves the lines as they stand. */
  end(): void;
}

/** A screen on a stream that is a terminal. */
export function createScreen(stream: OutputStream): Screen {
  const update = createLogUpdate(stream as NodeJS.WritableStream);
  let drawn: readonly string[] = [];
  let drawnWidth = stream.columns;
  /** A terminal that got narrower has broken the lines anew, so there are more to take away than were drawn. */
  const eraseBroken = () => {
    const width = stream.columns ?? 80;
    const rows = drawn.map((line) => Math.ceil(stripVTControlCharacters(line).length / width) || 1);
    const count = rows.reduce((sum, each) => sum + each, 0);
    if (count > 0) stream.write(`\r\x1b[${count}A\x1b[J`);
    update.done();
  };
  return {
    draw(lines) {
      if (stream.columns !== drawnWidth) eraseBroken();
      drawnWidth = stream.columns;
      drawn = lines;
      update(lines.join('\n'));
    },
    erase() {
      if (stream.columns === drawnWidth) update.clear();
      else eraseBroken();
      drawnWidth = stream.columns;
      drawn = [];
    },
    end() {
      update.done();
      drawn = [];
    },
  };
}
