/** What the Summary Stats UI measures of itself, for Prometheus. */
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Serving } from '../serving.ts';

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5];

/** Counts requests and how long they take, and shows how far the summary has come. */
export function addMetrics(http: FastifyInstance, registers: [Registry], serving: Serving): void {
  const requests = new Counter({
    name: 'cutover_stats_requests_total',
    help: 'Requests answered',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'cutover_stats_request_seconds',
    help: 'Time from a request to its answer',
    labelNames: ['route'],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  http.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    const route = routeOptions.url ?? 'none';
    requests.inc({ route, method, status: reply.statusCode });
    seconds.observe({ route }, reply.elapsedTime / 1_000);
  });
  addStateGauges(registers, serving);
}

function addStateGauges(registers: [Registry], { db, progress }: Serving): void {
  const gauge = (name: string, help: string, read: () => number | null) =>
    new Gauge({
      name: `cutover_stats_${name}`,
      help,
      registers,
      collect() {
        this.set(read() ?? Number.NaN);
      },
    });
  gauge('rows', 'Summary rows shown', () => db.known().rows);
  gauge('records', 'Hours counted in the rows shown', () => db.known().records);
  gauge('revision', 'Revision of the state as last read', () => db.known().revision);
  gauge('lag_records', 'Records of the summary topic still to be read', () => progress.lagRecords);
  new Counter({
    name: 'cutover_stats_undecodable_total',
    help: 'Summary rows that could not be read and were left out',
    registers,
    collect() {
      this.reset();
      this.inc(progress.undecodable);
    },
  });
}
