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
  /** Whether what is written to standard error may have colours. */
  readonly colour: boolean;
  /** Standard error itself, for what draws more than a line. */
  readonly stream: OutputStream;
  /** Gives the end of the terminal to a drawing, which lines for people then stand above; answers how to give it back. */
  readonly occupy: (drawing: Drawing) => () => void;
}

/** Several lines at the end of the terminal that change in place. */
export interface Drawing {
  /** Takes the drawing away, so that a line can be written in its place. */
  erase(): void;
  /** Draws it again, below that line. */
  draw(): void;
}

/** What a terminal needs of a stream. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** A terminal on the two streams; lines written while a live line or a drawing stands take its place, and it follows them. */
export function createTerminal(out: OutputStream, err: OutputStream): Terminal {
  let live = '';
  let drawing: Drawing | undefined;
  const isTerminal = err.isTTY === true;
  const clear = () => {
    if (live !== '') err.write('\r\x1b[2K');
    live = '';
  };
  const writeLine = (stream: OutputStream, line: string) => {
    clear();
    drawing?.erase();
    stream.write(`${line}\n`);
    drawing?.draw();
  };
  return {
    isTerminal,
    colour: isTerminal && process.env.NO_COLOR === undefined,
    stream: err,
    result: (line) => writeLine(out, line),
    note: (line) => writeLine(err, line),
    live: (line) => {
      if (!isTerminal || drawing !== undefined) return;
      clear();
      live = line.slice(0, (err.columns ?? 80) - 1);
      err.write(live);
    },
    occupy: (next) => {
      clear();
      drawing = next;
      return () => {
        drawing = undefined;
      };
    },
  };
}
