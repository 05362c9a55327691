/** Files of one JSON value a line: written while things happen, read also where the writer was killed in the middle of a line. */

import { closeSync, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ReadProblem } from './saved-run.ts';

/** Longest time that a line waits to be written. */
const FLUSH_MS = 250;
/** Text that is written at once however short it waited, characters. */
const FLUSH_LENGTH = 64 * 1024;

/** Appends to a file. */
export interface JsonLinesWriter<Value> {
  /** Writes the value soon; throws where an earlier one could not be written. */
  append(value: Value): void;
  /** Writes what waits and closes the file; throws where that fails. */
  close(): void;
}

/** Opens a file to append to; what it holds stays. Lines wait at most 250 ms, so that a kill loses no more than these. */
export function appendJsonLines<Value>(path: string): JsonLinesWriter<Value> {
  const file = openSync(path, 'a');
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;
  let failure: unknown;
  let closed = false;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const text = waiting;
    waiting = '';
    if (text !== '') writeSync(file, text);
  };
  const flushLater = () => {
    try {
      flush();
    } catch (error) {
      failure = error;
    }
  };
  return {
    append(value) {
      if (failure !== undefined) throw failure;
      if (closed) return;
      waiting += `${JSON.stringify(value)}\n`;
      if (waiting.length >= FLUSH_LENGTH) flush();
      else timer ??= setTimeout(flushLater, FLUSH_MS);
    },
    close() {
      if (closed) return;
      closed = true;
      try {
        flush();
      } finally {
        closeSync(file);
      }
      if (failure !== undefined) throw failure;
    },
  };
}

/** Reads every line that can be read; the others are problems that name the line. Rejects where there is no such file. */
export async function readJsonLines<Value>(
  path: string,
): Promise<{ readonly values: readonly Value[]; readonly problems: readonly ReadProblem[] }> {
  const values: Value[] = [];
  const problems: ReadProblem[] = [];
  const lines = (await readFile(path, 'utf8')).split('\n');
  const isCutOff = lines.at(-1) !== '';
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '') continue;
    try {
      values.push(JSON.parse(line) as Value);
    } catch (error) {
      const isLast = isCutOff && at === lines.length - 1;
      const message = isLast
        ? 'is cut off: the run was ended while it was written; the lines before it were read'
        : `is no JSON and was left out: ${error instanceof Error ? error.message : String(error)}`;
      problems.push({ file: basename(path), line: at + 1, message });
    }
  }
  return { values, problems };
}
