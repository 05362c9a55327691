/** The OpenAPI 3.1 description, made from the routes' schemas. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import type { ApplicationVersion } from '../../version.ts';
import { responses } from './schemas.ts';

/** Options that make the description. */
export function openApiOptions(version: ApplicationVersion): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: `Cutover Summary Stats ${version.name}`,
        description: 'Widgets manufactured, summed per SKU and month as records arrive from Kafka.',
        version: version.name,
      },
    },
  };
}

const probe = (properties: readonly string[]) => ({
  type: 'object',
  required: properties,
  properties: Object.fromEntries(properties.map((name) => [name, { type: 'string' }])),
});

const waiting = {
  description: 'Not ready; `reason` says what it waits for',
  content: { 'application/json': { schema: probe(['status', 'reason']) } },
};

const serviceSchemas: Readonly<Record<string, object>> = {
  '/healthz': {
    operationId: 'getHealth',
    summary: 'Whether the process is alive',
    response: responses(probe(['status']), { bad: false, unavailable: false }),
  },
  '/readyz': {
    operationId: 'getReadiness',
    summary: 'Whether everything was read that was in the topic at the start',
    response: { ...responses(probe(['status', 'reason']), { bad: false }), 503: waiting },
  },
  '/metrics': {
    operationId: 'getMetrics',
    summary: 'Measurements in the text format of Prometheus',
    response: {
      ...responses({}, { bad: false, unavailable: false }),
      200: {
        description: 'Measurements',
        content: { 'text/plain': { schema: { type: 'string' } } },
      },
    },
  },
};

/** Describes the routes that every program has; call before they are added. */
export function describeServiceRoutes(http: FastifyInstance): void {
  http.addHook('onRoute', (route) => {
    route.schema ??= serviceSchemas[route.url];
  });
}
