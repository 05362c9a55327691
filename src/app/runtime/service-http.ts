/** The HTTP server that each program has: is it alive, is it ready, what does it measure. */

import type { Socket } from 'node:net';
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

/** Has a server that is closed let go of connections that nobody ever sent a request on: Node takes them for busy, and proxies open some in advance. */
export function letGoOfUnusedConnections(http: FastifyInstance): void {
  const unused = new Set<Socket>();
  http.server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  http.server.on('request', ({ socket }) => unused.delete(socket));
  http.addHook('preClose', async () => {
    // Once the server listens no more, so that none comes after this.
    setImmediate(() => {
      for (const socket of unused) socket.destroy();
    });
  });
}

/** A server with nothing but those three routes, for programs without an interface of their own. */
export function createServiceHttp(metrics: Registry, readiness: () => Readiness): FastifyInstance {
  const http = Fastify({ logger: false, forceCloseConnections: true });
  addServiceRoutes(http, metrics, readiness);
  return http;
}
