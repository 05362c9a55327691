/** Gives a generator its SKUs over HTTP. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Hands } from './strategy.ts';

const LIMIT_MS = 30_000;
const RETRY_MS = 50;

/** Resolves when the generator is quiet about all other SKUs; rejects where it does not take them within 30 s. */
export async function assignSkus(
  { lab }: Pick<Hands, 'lab'>,
  deployment: string,
  skus: readonly number[],
): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  for (;;) {
    const refusal = await tryToAssign(await urlOf(lab, deployment), skus);
    if (refusal === undefined) return;
    if (performance.now() > endMs) {
      throw new Error(`${deployment} does not take ${skus.length} SKUs: ${refusal}`);
    }
    await sleep(RETRY_MS);
  }
}

/** Why it was not taken; undefined where it was. */
async function tryToAssign(url: string, skus: readonly number[]): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/assignment`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ skus }),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    return response.ok ? undefined : `status ${response.status}, ${await response.text()}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function urlOf(lab: Hands['lab'], deployment: string): Promise<string> {
  const found = (await lab.deployments()).find(({ spec }) => spec.name === deployment);
  const url = found?.instances[0]?.url;
  if (url === undefined) throw new Error(`${deployment} does not run`);
  return url;
}
