/** The HTTP server of the Summary Stats UI. */
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { addServiceRoutes, letGoOfUnusedConnections } from '../../runtime/service-http.ts';
import { createMonthViews } from '../month-view.ts';
import type { Serving } from '../serving.ts';
import { EntityCache } from './entity.ts';
import { addErrorHandling, refuseConnection, refuseTarget } from './errors.ts';
import { addMetrics } from './metrics.ts';
import { describeServiceRoutes, openApiOptions } from './openapi.ts';
import { addPageRoutes } from './page-routes.ts';
import { addSummaryRoutes } from './summary-routes.ts';

const LONGEST_PARAMETER = 16_384;
const REQUEST_TIMEOUT_MS = 10_000;

const securityHeaders = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      objectSrc: ["'none'"],
    },
  },
  referrerPolicy: { policy: 'no-referrer' },
  frameguard: { action: 'deny' },
  // The lab speaks HTTP on the loopback interface; promising HTTPS would lock people out.
  hsts: false,
} as const;

/** Makes the server, with all routes; it does not listen yet. */
export async function createStatsHttp(
  serving: Serving,
  metrics: Registry,
  log: Logger,
): Promise<FastifyInstance> {
  const http = Fastify({
    logger: false,
    forceCloseConnections: 'idle',
    // Whoever still asks on a connection that is kept alive gets an answer, and is told that it was the last.
    return503OnClosing: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    frameworkErrors: refuseTarget,
    clientErrorHandler: refuseConnection,
  });
  letGoOfUnusedConnections(http);
  // Requests are checked by the routes, which name every field that is wrong; schemas only describe.
  http.setValidatorCompiler(() => () => true);
  http.setSerializerCompiler(() => JSON.stringify);
  await http.register(helmet, securityHeaders);
  addErrorHandling(http, log);
  addMetrics(http, [metrics], serving);
  describeServiceRoutes(http);
  await http.register(swagger, openApiOptions(serving.version));
  const viewOf = createMonthViews(serving.version, serving.seed);
  const context = { serving, cache: new EntityCache(), viewOf };
  await http.register(async (routes) => {
    addSummaryRoutes(routes, context);
    addPageRoutes(routes, context);
    addServiceRoutes(routes, metrics, () => readiness(serving));
    routes.get('/openapi.json', { schema: { hide: true } }, async () => http.swagger());
  });
  return http;
}

function readiness({ progress }: Serving) {
  const reason = progress.ready ? 'caught up with the summary topic' : progress.problem;
  return { ready: progress.ready, reason: reason ?? 'reading the summary topic' };
}
