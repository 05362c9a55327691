/** Where a command writes: results on standard output, everything else on standard error. */

/** The two streams of a command. */
export interface Terminal {
  /** One line of a result. */
  readonly result: (line: string) => void;
  /** One line for people. */
  readonly note: (line: string) => void;
  /** Shows a line that the next one replaces; does nothing where `isTerminal` is false. */
  readonly live: (line: string) => void;
  /** Whether a person watches standard error. */
  readonly isTerminal: boolean;
}

/** What a terminal needs of a stream. */
interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A terminal on the two streams; lines written while a live line stands replace it. */
export function createTerminal(out: OutputStream, err: OutputStream): Terminal {
  let live = '';
  const isTerminal = err.isTTY === true;
  const clear = () => {
    if (live !== '') err.write('\r\x1b[2K');
    live = '';
  };
  return {
    isTerminal,
    result: (line) => {
      clear();
      out.write(`${line}\n`);
    },
    note: (line) => {
      clear();
      err.write(`${line}\n`);
    },
    live: (line) => {
      if (!isTerminal) return;
      clear();
      live = line.slice(0, (err.columns ?? 80) - 1);
      err.write(live);
    },
  };
}
