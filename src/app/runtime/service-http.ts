/** The HTTP server that each program has: is it alive, is it ready, what does it measure. */

import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import { collectDefaultMetrics, Registry } from 'prom-client';

/** Whether a program can do its work now; `reason` says what it waits for. */
export interface Readiness {
  readonly ready: boolean;
  readonly reason: string;
}

/** Metrics of this process, with Node's own. */
export function createMetrics(labels: Record<string, string>): Registry {
  const metrics = new Registry();
  metrics.setDefaultLabels(labels);
  collectDefaultMetrics({ register: metrics });
  return metrics;
}

/** Adds `GET /healthz`, `/readyz` and `/metrics` to a server; health depends on no neighbour. */
export function addServiceRoutes(
  http: FastifyInstance,
  metrics: Registry,
  readiness: () => Readiness,
): void {
  http.get('/healthz', async () => ({ status: 'alive' }));
  http.get('/readyz', async (_request, reply) => {
    const { ready, reason } = readiness();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'waiting', reason });
  });
  http.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.metrics()),
  );
}

/** A server with nothing but those three routes, for programs without an interface of their own. */
export function createServiceHttp(metrics: Registry, readiness: () => Readiness): FastifyInstance {
  const http = Fastify({ logger: false, forceCloseConnections: true });
  addServiceRoutes(http, metrics, readiness);
  return http;
}
