/** Reads a log file from where a process began to write to it. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

const tailBytes = 16_384;
const tailLines = 20;

/** Size of a file in bytes; 0 where it does not exist. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The text of a file between `from` and its end; the last 16 KiB where it is longer. */
function readFrom(path: string, from: number): string {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const start = Math.max(from, size - tailBytes);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    const length = readSync(file, buffer, 0, buffer.length, start);
    return buffer.toString('utf8', 0, length);
  } finally {
    closeSync(file);
  }
}

/** The last 20 non-empty lines written to a file since `from`. */
export function tailOf(path: string, from: number): readonly string[] {
  if (sizeOf(path) <= from) return [];
  return readFrom(path, from)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-tailLines);
}

/** The first 16 KiB written to a file since `from`. */
export function headOf(path: string, from: number): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(tailBytes);
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, tailBytes, from));
  } finally {
    closeSync(file);
  }
}
