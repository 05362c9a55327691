/** Reads the headers of records without making strings of them. */

import type { LogRecord } from '../history/log-input.ts';

const SEQ = Buffer.from('seq');
const RUN = Buffer.from('run');
const ZERO = 0x30;

/** The record's `seq`, its number among the SKU's records; -1 where the header is missing or no decimal number. */
export function seqOf(headers: LogRecord['headers']): number {
  const text = headerValue(headers, SEQ);
  if (text === null || text.length === 0 || text.length > 9) return -1;
  let seq = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = (text[index] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    seq = seq * 10 + digit;
  }
  return seq;
}

/** Whether the record's `run` header names that run. */
export function isOfRun(headers: LogRecord['headers'], runId: Buffer): boolean {
  const run = headerValue(headers, RUN);
  return run !== null && sameBytes(run, runId);
}

/** A header's value as text; null where it is missing. */
export function headerText(headers: LogRecord['headers'], name: string): string | null {
  return headerValue(headers, Buffer.from(name))?.toString('utf8') ?? null;
}

/** Whether two short buffers are equal; faster than a call into native code. */
export function sameBytes(left: Buffer, right: Buffer): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

function headerValue(headers: LogRecord['headers'], name: Buffer): Buffer | null {
  for (const [key, value] of headers) {
    if (key !== null && sameBytes(key, name)) return value;
  }
  return null;
}
