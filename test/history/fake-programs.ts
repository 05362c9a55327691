/** Programs of an application that only talk: each a server that answers what a test wants, or nothing at all. */

import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Deployment, DeploymentSpec } from '../../src/platform/platform.ts';

/** One instance; a test changes what it answers by path. */
export interface FakeProgram extends AsyncDisposable {
  readonly answers: Map<string, unknown>;
  /** Takes questions and answers none, as a paused process does. */
  silent: boolean;
  /** As a platform lists it, alone in its deployment. */
  deployed(spec: Partial<DeploymentSpec>, id?: string): Deployment;
}

/** Starts one. */
export async function startFakeProgram(): Promise<FakeProgram> {
  const answers = new Map<string, unknown>();
  const server = createServer((request, response) => {
    if (program.silent) return;
    const answer = answers.get(request.url ?? '');
    response.statusCode = answer === undefined ? 503 : 200;
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const program: FakeProgram = {
    answers,
    silent: false,
    deployed: (spec, id = '1') => {
      const whole = { name: 'back-end', role: 'back-end', version: 'v1', replicas: 1, env: {} };
      const merged = { ...whole, ...spec } as DeploymentSpec;
      const name = `${merged.name}-0`;
      return { spec: merged, instances: [{ name, id, url, ready: true, restarts: 0 }] };
    },
    [Symbol.asyncDispose]: () => close(server),
  };
  return program;
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** What a Back End answers: its partitions as [partition, next, logEnd], and its counters. */
export function setBackEnd(
  { answers }: FakeProgram,
  generation: number,
  partitions: readonly (readonly [partition: number, next: number, logEnd: number])[],
  counters: { readonly offsets?: number; readonly undecodable?: number } = {},
): void {
  answers.set('/partitions', {
    generation,
    partitions: partitions.map(([partition, next, logEnd]) => {
      return { partition, next, logEnd, halted: null };
    }),
  });
  const { offsets = 0, undecodable = 0 } = counters;
  answers.set(
    '/metrics',
    `# HELP cutover_offsets_total Offsets\n# TYPE cutover_offsets_total counter\ncutover_offsets_total{instance="b",version="v1"} ${offsets}\ncutover_undecodable_total{instance="b"} ${undecodable}\nnodejs_heap 12\n`,
  );
}

/** What a generator answers: last acknowledged `seq` by SKU number, and its counter. */
export function setGenerator(
  { answers }: FakeProgram,
  acknowledged: Readonly<Record<number, number>>,
  produced: number,
): void {
  const skus = Object.keys(acknowledged).map(Number);
  const bySku = skus.map((sku) => [`sku_${String(sku).padStart(6, '0')}`, acknowledged[sku]]);
  answers.set('/assignment', { skus, acknowledged: Object.fromEntries(bySku) });
  answers.set('/metrics', `cutover_records_produced_total{version="v1"} ${produced}\n`);
}
