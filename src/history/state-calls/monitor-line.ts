/** Reads a line of the state DB's MONITOR: who called, and the first words of the call. */

/** One command as the state DB was about to run it. */
export interface MonitoredCommand {
  /** Whether a script ran it; else a client did. */
  readonly byScript: boolean;
  /** In capitals. */
  readonly name: string;
  /** As many as were asked for; in latin1. */
  readonly words: readonly string[];
}

const HEAD = /^\+?[\d.]+ \[\d+ (\S+)\] /;
const WORD = /"((?:[^"\\]|\\.)*)"/y;
const ESCAPE = /\\(x[0-9a-f]{2}|.)/g;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b' };

/** `+<seconds> [<db> <client or lua>] "<command>" "<word>"…`; undefined for any other line, and for words that are cut off. */
export function readMonitorLine(line: string, most: number): MonitoredCommand | undefined {
  const head = HEAD.exec(line);
  if (head === null) return undefined;
  const words: string[] = [];
  WORD.lastIndex = head[0].length;
  while (words.length <= most) {
    const word = WORD.exec(line)?.[1];
    if (word === undefined) break;
    words.push(word.includes('\\') ? word.replaceAll(ESCAPE, unescaped) : word);
    WORD.lastIndex++;
    if (WORD.lastIndex >= line.length) break;
  }
  const [name, ...rest] = words;
  if (name === undefined) return undefined;
  return { byScript: head[1] === 'lua', name: name.toUpperCase(), words: rest };
}

function unescaped(_whole: string, sign: string): string {
  if (sign.length === 3) return String.fromCharCode(Number.parseInt(sign.slice(1), 16));
  return ESCAPED[sign] ?? sign;
}
