/** `GET /summary`, `/sku_names` and `/query/{sku}/{year}`: the summary as data. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { createMonthViews } from '../month-view.ts';
import type { Serving } from '../serving.ts';
import { currentSummary } from '../serving.ts';
import type { MonthRows } from '../state/mirror.ts';
import { rowsOf } from '../state/mirror.ts';
import type { Snapshot } from '../state/summary-db.ts';
import type { Entity, EntityCache } from './entity.ts';
import { sendEntity } from './entity.ts';
import { skuField, yearField } from './fields.ts';
import type { Filters } from './filters.ts';
import { filterSchema, readFilters } from './filters.ts';
import type { FieldError } from './problem.ts';
import { Problem } from './problem.ts';
import { parseQueryText } from './query-text.ts';
import { nameListSchema, queryAnswerSchema, responses, summarySchema } from './schemas.ts';

const DESCRIPTION = 'Summary aggregated statistics per SKU per year and month';
const JSON_TYPE = 'application/json; charset=utf-8';

/** What these routes share. */
export interface RouteContext {
  readonly serving: Serving;
  readonly cache: EntityCache;
  readonly viewOf: ReturnType<typeof createMonthViews>;
}

/** Adds the routes to a server. */
export function addSummaryRoutes(http: FastifyInstance, context: RouteContext): void {
  addSummary(http, context);
  addSkuNames(http, context);
  addQuery(http, context);
}

/** A JSON answer that depends on the state and on nothing else that changes. */
export function jsonEntity(
  { serving }: RouteContext,
  snapshot: Snapshot,
  name: string,
  make: () => string,
): Entity {
  const stamp = `${serving.version.name}-${serving.seed}-${snapshot.stamp}`;
  return { name, stamp, type: JSON_TYPE, make };
}

/** Throws a `Problem` (404) that names each SKU of which nothing is known. */
export function requireKnownSkus({ mirror }: Snapshot, skus: readonly string[]): void {
  const unknown = skus.filter((sku) => !mirror.hasSku(sku));
  if (unknown.length === 0) return;
  const errors = unknown.map((sku) => ({ field: 'sku', message: `nothing is known of '${sku}'` }));
  throw new Problem(404, 'There is no such SKU.', errors);
}

function addSummary(http: FastifyInstance, context: RouteContext): void {
  const names = ['sku', 'year', 'month'] as const;
  const schema = {
    operationId: 'getSummary',
    summary: 'Monthly totals of each SKU; years, months and SKUs ascending',
    querystring: filterSchema(names),
    response: responses(summarySchema(context.serving.version), { conditional: true, sku: true }),
  };
  http.get('/summary', { schema }, async (request, reply) => {
    const filters = readFilters(request.url, names);
    const snapshot = await currentSummary(context.serving);
    requireKnownSkus(snapshot, filters.sku);
    const name = `/summary ${JSON.stringify(filters)}`;
    const entity = jsonEntity(context, snapshot, name, () =>
      summaryText(context, snapshot, filters),
    );
    return sendEntity(request, reply, context.cache, entity);
  });
}

function summaryText(context: RouteContext, { mirror }: Snapshot, filters: Filters): string {
  const months = [...mirror.months]
    .sort(([a], [b]) => a - b)
    .map(([, month]) => month)
    .filter(({ year }) => filters.year.length === 0 || filters.year.includes(year))
    .filter(({ month }) => filters.month.length === 0 || filters.month.includes(month))
    .flatMap((month) => monthText(context, month, filters.sku) ?? []);
  return `{"description":${JSON.stringify(DESCRIPTION)},"data":[${months.join(',')}]}`;
}

/** A month's entry; undefined where it has none of the SKUs. */
function monthText(
  { serving, viewOf }: RouteContext,
  month: MonthRows,
  skus: readonly string[],
): string | undefined {
  if (skus.length === 0) return viewOf(month).json;
  const rows = rowsOf(month, skus);
  if (rows.length === 0) return undefined;
  return JSON.stringify(serving.version.present(serving.seed, month.year, month.month, rows));
}

function addSkuNames(http: FastifyInstance, context: RouteContext): void {
  const schema = {
    operationId: 'getSkuNames',
    summary: 'Names of all SKUs, ascending',
    querystring: filterSchema([]),
    response: responses(nameListSchema, { conditional: true }),
  };
  http.get('/sku_names', { schema }, async (request, reply) => {
    readFilters(request.url, []);
    const snapshot = await currentSummary(context.serving);
    const make = () => JSON.stringify({ names: snapshot.mirror.skus });
    const entity = jsonEntity(context, snapshot, '/sku_names', make);
    return sendEntity(request, reply, context.cache, entity);
  });
}

function addQuery(http: FastifyInstance, context: RouteContext): void {
  const { version } = context.serving;
  const schema = {
    operationId: 'getSkuYear',
    summary: 'Monthly totals of one SKU in one year, as a flat list; empty where the year has none',
    params: {
      type: 'object',
      required: ['sku', 'year'],
      properties: { sku: skuField.schema, year: yearField.schema },
    },
    querystring: filterSchema([]),
    response: responses(queryAnswerSchema(version), { conditional: true, sku: true }),
  };
  http.get('/query/:sku/:year', { schema }, async (request, reply) => {
    const { sku, year } = readPath(request);
    const snapshot = await currentSummary(context.serving);
    requireKnownSkus(snapshot, [sku]);
    const name = `/query ${JSON.stringify([sku, year])}`;
    const make = () => JSON.stringify(skuYear(context, snapshot, sku, year));
    return sendEntity(request, reply, context.cache, jsonEntity(context, snapshot, name, make));
  });
}

function readPath(request: FastifyRequest): { readonly sku: string; readonly year: number } {
  const params = request.params as Readonly<Record<'sku' | 'year', string>>;
  const sku = skuField.parse(params.sku);
  const year = yearField.parse(params.year);
  const errors: FieldError[] = [];
  if (sku === undefined) errors.push({ field: 'sku', message: skuField.complaint(params.sku) });
  if (year === undefined) errors.push({ field: 'year', message: yearField.complaint(params.year) });
  const { pairs, errors: malformed } = parseQueryText(request.url);
  errors.push(...malformed);
  for (const [field] of pairs) errors.push({ field, message: 'no parameter is known here' });
  if (sku === undefined || year === undefined || errors.length > 0) {
    throw new Problem(400, 'The request cannot be used.', errors);
  }
  return { sku, year };
}

function skuYear({ serving }: RouteContext, { mirror }: Snapshot, sku: string, year: number) {
  const { name, measures } = serving.version;
  const data = Array.from({ length: 12 }, (_, index) => mirror.find(sku, year, index + 1))
    .filter((row) => row !== undefined)
    .map((row) => ({
      sku: row.sku,
      year: row.year,
      month: row.month,
      ...Object.fromEntries(measures.map(({ field }) => [field, row[field] ?? null])),
    }));
  return { version: name, data };
}
