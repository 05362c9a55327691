/** A real lab of a test's own on the local platform, and what tests do to it again and again. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Verdict } from '../../src/checker/verdict.ts';
import { createLocalPlatform } from '../../src/platform/local/index.ts';
import type { DeploymentSpec, Lab, LabSpec, RunSettings } from '../../src/platform/platform.ts';
import { verifyLive } from '../../src/verify-live.ts';

/** What a test may want otherwise. */
export interface TestLabOptions {
  readonly brokers?: 1 | 3;
  readonly run?: Partial<RunSettings>;
}

/** Starts components and topics; no application process yet. */
export async function startTestLab(options: TestLabOptions = {}): Promise<Lab> {
  const name = `test-${randomUUID().slice(0, 8)}`;
  const run = { runId: name, seed: 1, skus: 10, order: 'chronological' as const, ...options.run };
  const spec: LabSpec = { name, brokers: options.brokers ?? 1, partitions: 6, external: {}, run };
  return createLocalPlatform().up(spec, () => undefined);
}

/** A deployment of one instance, with what a test wants otherwise. */
export function deployment(
  role: DeploymentSpec['role'],
  change: Partial<DeploymentSpec> = {},
): DeploymentSpec {
  const env: Record<string, string> = role === 'generator' ? { SKUS: '0-9', RATE: 'max' } : {};
  return {
    name: role,
    role,
    version: 'v1',
    replicas: 1,
    ...change,
    env: { ...env, ...change.env },
  };
}

/** Base URL of a deployment's first instance. */
export async function urlOf(lab: Lab, name: string): Promise<string> {
  const found = (await lab.deployments()).find(({ spec }) => spec.name === name);
  const url = found?.instances[0]?.url;
  assert.ok(url, `${name} does not run`);
  return url;
}

/** A JSON answer of an instance's HTTP server. */
export async function ask<Answer>(url: string): Promise<Answer> {
  const response = await fetch(url);
  return (await response.json()) as Answer;
}

/** What a generator says of its work. */
export interface Assignment {
  readonly skus: number[];
  readonly acknowledged: Record<string, number>;
  readonly complete: boolean;
}

/** Gives a generator its SKUs, as soon as it is ready; resolves when it is quiet about all others. */
export async function assign(lab: Lab, skus: readonly number[], name = 'generator') {
  return until(`${name} to take ${skus.length} SKUs`, async () => {
    const response = await reach(`${await urlOf(lab, name)}/assignment`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ skus }),
    });
    return response?.ok ? ((await response.json()) as Assignment) : undefined;
  });
}

/** An answer, or nothing where the process is just being started again. */
export async function reach(url: string, request: RequestInit = {}): Promise<Response | undefined> {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Asks again and again until a condition holds; fails with what it waited for. Asking seldom leaves more of the machine to what is waited for. */
export async function until<Value>(
  what: string,
  probe: () => Promise<Value | undefined | false>,
  limitMs = 60_000,
  pauseMs = 20,
): Promise<Value> {
  const giveUpAt = Date.now() + limitMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > giveUpAt) assert.fail(`waited ${limitMs} ms for ${what}`);
    await sleep(pauseMs);
  }
}

/** `verify --live`, once everything that was produced is counted and shown. */
export async function verified(lab: Lab): Promise<Verdict> {
  const live = { ...lab, deployments: await lab.deployments() };
  return (await verifyLive(live, { timeoutMs: 60_000 })).verdict;
}

/** Fails unless nothing was lost, doubled or wrong and every total is equal. */
export function assertExact(verdict: Verdict, atLeastRecords: number): void {
  const { lost, duplicated, misAggregated, stale } = verdict;
  const found = { verdict: verdict.verdict, lost, duplicated, misAggregated, stale };
  const expected = { verdict: 'pass', lost: 0, duplicated: 0, misAggregated: 0, stale: 0 };
  assert.deepEqual(found, expected, JSON.stringify(verdict, null, 2));
  assert.ok(verdict.records >= atLeastRecords, `${verdict.records} records are too few to judge`);
}
