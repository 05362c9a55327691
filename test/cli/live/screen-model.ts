/** A terminal in memory: carries out the control sequences that drawing in place uses, and breaks lines anew when it is resized. */

/** What stands on it. */
export interface ScreenModel {
  readonly isTTY: true;
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
  on(event: 'resize', listener: () => void): void;
  off(event: 'resize', listener: () => void): void;
  resize(columns: number): void;
  /** Lines without trailing blanks, also those that scrolled out of sight. */
  lines(): string[];
  writes(): number;
}

const ESCAPE = String.fromCodePoint(27);
const SEQUENCE = new RegExp(`${ESCAPE}\\[(\\??)(\\d*)([A-Za-z])|\\r|\\n|[^${ESCAPE}\\r\\n]`, 'gu');

/** An empty one; an unknown control sequence is an error. */
export function createScreenModel(columns: number, rows: number): ScreenModel {
  let cells: string[] = [''];
  let [row, column, width, count] = [0, 0, columns, 0];
  const listeners = new Set<() => void>();

  function put(character: string): void {
    if (column >= width) [row, column] = [row + 1, 0];
    const line = (cells[row] ?? '').padEnd(column);
    cells[row] = line.slice(0, column) + character + line.slice(column + 1);
    column += 1;
  }

  function control(isPrivate: boolean, amount: number, letter: string): void {
    if (isPrivate || letter === 'm') return;
    const line = cells[row] ?? '';
    if (letter === 'A') row = Math.max(0, row - (amount || 1));
    else if (letter === 'B') row += amount || 1;
    else if (letter === 'G') column = Math.max(0, (amount || 1) - 1);
    else if (letter === 'K') cells[row] = amount === 2 ? '' : line.slice(0, column);
    else if (letter === 'J') cells = [...cells.slice(0, row), line.slice(0, column)];
    else throw new Error(`unknown control sequence ${amount}${letter}`);
  }

  return {
    isTTY: true,
    get columns() {
      return width;
    },
    rows,
    write(text) {
      count += 1;
      for (const [all, isPrivate, amount, letter] of text.matchAll(SEQUENCE)) {
        if (letter !== undefined) control(isPrivate === '?', Number(amount), letter);
        else if (all === '\r') column = 0;
        else if (all === '\n') [row, column] = [row + 1, 0];
        else put(all);
        while (cells.length <= row) cells.push('');
      }
    },
    on: (_event, listener) => listeners.add(listener),
    off: (_event, listener) => listeners.delete(listener),
    resize(next) {
      const before = cells.slice(0, row).flatMap((line) => broken(line, next));
      cells = [...before, ...cells.slice(row).flatMap((line) => broken(line, next))];
      row = before.length;
      width = next;
      for (const listener of listeners) listener();
    },
    lines: () => cells.map((line) => line.trimEnd()),
    writes: () => count,
  };
}

function broken(line: string, width: number): string[] {
  const text = line.trimEnd();
  const parts = Array.from({ length: Math.ceil(text.length / width) }, (_, at) =>
    text.slice(at * width, (at + 1) * width),
  );
  return parts.length === 0 ? [''] : parts;
}
