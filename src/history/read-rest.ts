/** Asks the REST instances and the generators what they know. */

import type { GeneratorHistory, RestHistory } from './history.ts';

/** One process to ask. */
export interface HttpInstance {
  readonly deployment: string;
  readonly instance: string;
  readonly url: string;
  /** Application version. */
  readonly version: string;
}

type Fields = Record<string, number | null>;

const SUMMARY_TIMEOUT_MS = 30_000;
const ASSIGNMENT_TIMEOUT_MS = 5_000;

/** `GET /summary` of one instance by (SKU, month); a failure is part of the history, in `error`. */
export async function readRest(instance: HttpInstance): Promise<RestHistory> {
  try {
    const answer = await getJson(`${instance.url}/summary`, SUMMARY_TIMEOUT_MS);
    return { ...instance, ...parseSummary(answer) };
  } catch (error) {
    return { ...instance, error: messageOf(error), rows: {}, months: {} };
  }
}

/** `GET /assignment` of one generator; a failure is part of the history, in `error`. */
export async function readGenerator({ instance, url }: HttpInstance): Promise<GeneratorHistory> {
  try {
    const answer = record(await getJson(`${url}/assignment`, ASSIGNMENT_TIMEOUT_MS), 'assignment');
    const acknowledged: Record<string, number> = {};
    for (const [sku, seq] of Object.entries(record(answer.acknowledged, 'acknowledged'))) {
      acknowledged[sku] = Number(seq);
    }
    return { instance, acknowledged, complete: answer.complete === true };
  } catch (error) {
    return { instance, error: messageOf(error), acknowledged: {}, complete: false };
  }
}

/** A summary as the seed's JSON has it: months with their own fields, and per SKU its totals. Throws for another shape. */
export function parseSummary(answer: unknown): Pick<RestHistory, 'rows' | 'months'> {
  const rows: Record<string, Fields> = {};
  const months: Record<string, Fields> = {};
  for (const entry of list(record(answer, 'summary').data, 'data')) {
    const { year, month, manufacturing, ...own } = record(entry, 'data[]');
    const name = `${year}-${String(month).padStart(2, '0')}`;
    if (months[name] !== undefined) throw new Error(`the month ${name} stands twice`);
    months[name] = numbers(own, name);
    for (const each of list(manufacturing, 'manufacturing')) {
      const { sku, totals } = record(each, 'manufacturing[]');
      const key = `${sku}|${name}`;
      if (rows[key] !== undefined) throw new Error(`${key} stands twice`);
      rows[key] = numbers(record(totals, 'totals'), key);
    }
  }
  return { rows, months };
}

async function getJson(url: string, timeoutMs: number): Promise<unknown> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!answer.ok) throw new Error(`GET ${url} answered ${answer.status}`);
  return answer.json();
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new Error(`${name} is no object`);
}

function list(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`${name} is no list`);
}

function numbers(fields: Record<string, unknown>, name: string): Fields {
  const result: Fields = {};
  for (const [field, value] of Object.entries(fields)) {
    if (value !== null && typeof value !== 'number')
      throw new Error(`${name}: ${field} is no number`);
    result[field] = value;
  }
  return result;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
