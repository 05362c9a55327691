/** `GET /`, its files, and the two routes that the page polls: `/status` and `/series`. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { seriesOf } from '../series.ts';
import { currentSummary } from '../serving.ts';
import { createStatus } from '../status.ts';
import { sendEntity } from './entity.ts';
import { filterSchema, readFilters } from './filters.ts';
import { responses, seriesSchema, statusSchema } from './schemas.ts';
import type { RouteContext } from './summary-routes.ts';
import { jsonEntity, requireKnownSkus } from './summary-routes.ts';

/** As many as the page draws at once. */
const MOST_SERIES = 8;

const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';
const SVG = 'image/svg+xml';

const ownFolder = fileURLToPath(new URL('../page/', import.meta.url));
const plotFolder = dirname(createRequire(import.meta.url).resolve('uplot/dist/uPlot.esm.js'));

/** Path → file and media type. */
const files: readonly (readonly [path: string, file: string, type: string])[] = [
  ['/', join(ownFolder, 'index.html'), HTML],
  ['/page/page.css', join(ownFolder, 'page.css'), CSS],
  ['/page/icon.svg', join(ownFolder, 'icon.svg'), SVG],
  ...readdirSync(ownFolder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => [`/page/${name}`, join(ownFolder, name), SCRIPT] as const),
  ['/page/uplot.js', join(plotFolder, 'uPlot.esm.js'), SCRIPT],
  ['/page/uplot.css', join(plotFolder, 'uPlot.min.css'), CSS],
];

/** Adds the routes to a server. */
export function addPageRoutes(http: FastifyInstance, context: RouteContext): void {
  for (const [path, file, type] of files) addFile(http, context, path, file, type);
  addStatus(http, context);
  addSeries(http, context);
}

function addFile(
  http: FastifyInstance,
  { cache }: RouteContext,
  path: string,
  file: string,
  type: string,
): void {
  const body = readFileSync(file);
  const entity = { name: path, stamp: body.toString('base64'), type, make: () => body };
  http.get(path, { schema: { hide: true } }, (request, reply) =>
    sendEntity(request, reply, cache, entity),
  );
}

function addStatus(http: FastifyInstance, { serving }: RouteContext): void {
  const schema = {
    operationId: 'getStatus',
    summary: 'What is shown, how fresh it is, and what keeps it from being fresh',
    querystring: filterSchema([]),
    response: responses(statusSchema, { unavailable: false }),
  };
  const status = createStatus(serving);
  http.get('/status', { schema }, async (request, reply) => {
    readFilters(request.url, []);
    return reply.header('cache-control', 'no-store').send(await status());
  });
}

function addSeries(http: FastifyInstance, context: RouteContext): void {
  const { version } = context.serving;
  const schema = {
    operationId: 'getSeries',
    summary: 'Monthly totals as columns: of all SKUs together, and of each SKU that is named',
    querystring: filterSchema(['sku'], MOST_SERIES),
    response: responses(seriesSchema(version), { conditional: true, sku: true }),
  };
  http.get('/series', { schema }, async (request, reply) => {
    const { sku } = readFilters(request.url, ['sku'], MOST_SERIES);
    const snapshot = await currentSummary(context.serving);
    requireKnownSkus(snapshot, sku);
    const { mirror, revision } = snapshot;
    const make = () => JSON.stringify(seriesOf(version, revision, mirror, sku, context.viewOf));
    const entity = jsonEntity(context, snapshot, `/series ${JSON.stringify(sku)}`, make);
    return sendEntity(request, reply, context.cache, entity);
  });
}
