/** Takes the query part of a request's target apart, strictly: what cannot be decoded is an error, not a guess. */
import type { FieldError } from './problem.ts';

const LONGEST_ECHO = 40;

/** A query taken apart. */
export interface QueryText {
  /** Name and value of each parameter, decoded, in order. */
  readonly pairs: readonly (readonly [name: string, value: string])[];
  readonly errors: readonly FieldError[];
}

/** Parameters of a request's target such as `/summary?sku=a&year=2000`. */
export function parseQueryText(target: string): QueryText {
  const start = target.indexOf('?');
  const parts = start < 0 ? [] : target.slice(start + 1).split('&');
  const pairs: [string, string][] = [];
  const errors: FieldError[] = [];
  for (const part of parts.filter((text) => text !== '')) {
    const equals = part.indexOf('=');
    const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
    const decodedName = decode(name);
    const decodedValue = decode(value);
    if (decodedName === undefined || decodedValue === undefined) {
      const message = `${echo(part)} is not percent-encoded UTF-8`;
      errors.push({ field: decodedName ?? short(name), message });
    } else {
      pairs.push([decodedName, decodedValue]);
    }
  }
  return { pairs, errors };
}

/** What a person sent, quoted and cut to a length that can be read. */
export function echo(text: string): string {
  return `'${short(text)}'`;
}

/** The text, cut. */
export function short(text: string): string {
  return text.length > LONGEST_ECHO ? `${text.slice(0, LONGEST_ECHO)}…`.toWellFormed() : text;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
