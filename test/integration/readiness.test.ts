/** A Back End that has a backlog to count is not ready until it is within the allowed lag, and a replacement under load waits for that. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { freePort } from '../../src/platform/local/ports.ts';
import type { Lab } from '../../src/platform/platform.ts';
import type { Assignment } from './lab.ts';
import {
  ask,
  assertExact,
  assign,
  deployment,
  reach,
  startTestLab,
  until,
  urlOf,
  verified,
} from './lab.ts';

const FIRST_SKUS = '0-1';
const LATER_SKUS = [2, 3];
const BACKLOG_RECORDS = 2 * 211_824;
const MOST_LAG = 2_000;
const env = { READY_LAG: String(MOST_LAG) };

let lab: Lab;

before(async () => {
  lab = await startTestLab({ run: { skus: 4 } });
  await lab.deploy(deployment('stats'));
  await lab.deploy(deployment('generator', { env: { SKUS: FIRST_SKUS, RATE: 'max' } }));
  await until('the whole history to be in the log', async () => {
    return (await ask<Assignment>(`${await urlOf(lab, 'generator')}/assignment`)).complete;
  });
});

after(() => lab.down());

/** Reasons that `/readyz` gave for waiting, until `work` is done. */
async function reasonsWhile(url: string, work: Promise<unknown>): Promise<ReadonlySet<string>> {
  const reasons = new Set<string>();
  let done = false;
  const finished = work.finally(() => {
    done = true;
  });
  while (!done) {
    const answer = await reach(`${url}/readyz`);
    const { status, reason } = ((await answer?.json()) ?? {}) as Record<string, string>;
    if (status === 'waiting' && reason !== undefined) reasons.add(reason);
  }
  await finished;
  return reasons;
}

test('with a backlog it waits, says how far behind it is, and becomes ready within the allowed lag', async () => {
  const port = await freePort();
  const deployed = lab.deploy(deployment('back-end', { env: { ...env, PORT: String(port) } }));
  const reasons = await reasonsWhile(`http://127.0.0.1:${port}`, deployed);
  const { partitions } = await ask<{ partitions: { next: number; logEnd: number }[] }>(
    `http://127.0.0.1:${port}/partitions`,
  );
  const behind = [...reasons].filter((reason) =>
    /^partition \d is \d+ records behind/.test(reason),
  );
  assert.ok(behind.length > 0, `it never said that it was behind, but: ${[...reasons].join('; ')}`);
  for (const { next, logEnd } of partitions) assert.ok(logEnd - next <= MOST_LAG);
  assertExact(await verified(lab), BACKLOG_RECORDS);
});

test('a replacement under full load comes to its end', async () => {
  await assign(lab, LATER_SKUS);
  await lab.deploy(deployment('back-end', { env, replicas: 2 }));
  await lab.deploy(deployment('back-end', { env, replicas: 2, version: 'v2' }));
  await assign(lab, []);
  const [backEnd] = (await lab.deployments()).filter(({ spec }) => spec.name === 'back-end');
  assert.deepEqual(
    backEnd?.instances.map(({ ready }) => ready),
    [true, true],
  );
  assertExact(await verified(lab), BACKLOG_RECORDS);
});
