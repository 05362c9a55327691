/** The registry decides what may be written, and readers of one version resolve what another wrote. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { DeploymentSpec, Lab } from '../../src/platform/platform.ts';
import { assertExact, assign, deployment, startTestLab, until, urlOf, verified } from './lab.ts';

let lab: Lab;

before(async () => {
  lab = await startTestLab({ run: { skus: 2 } });
});

after(() => lab.down());

const generator = (version: string, env: Record<string, string> = {}): DeploymentSpec =>
  deployment('generator', { version, env: { SKUS: '0-1', RATE: '8000', ...env } });

async function setCompatibility(mode: string): Promise<void> {
  const response = await fetch(`${lab.addresses.registry}/config/raw-data-in-value`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ compatibility: mode }),
  });
  assert.equal(response.status, 200, await response.text());
}

async function produced(): Promise<number> {
  const metrics = await (await fetch(`${await urlOf(lab, 'generator')}/metrics`)).text();
  return Number(/cutover_records_produced_total\{.*\} (\d+)/.exec(metrics)?.[1] ?? 0);
}

async function produceSome(spec: DeploymentSpec): Promise<void> {
  await lab.deploy(spec);
  await assign(lab, [0, 1]);
  await until('records', async () => (await produced()) > 5_000);
  await assign(lab, []);
}

test('v1, v2 and v3 follow each other in one log, and every total is exact or unknown', async () => {
  for (const version of ['v1', 'v2', 'v3']) {
    await lab.deploy(deployment('stats', { version }));
    await lab.deploy(deployment('back-end', { version }));
    await produceSome(generator(version));
    assertExact(await verified(lab), 5_000);
  }
});

test('v1 goes on with a state and a log that v3 wrote', async () => {
  await lab.deploy(deployment('back-end', { version: 'v1' }));
  await lab.deploy(deployment('stats', { version: 'v1' }));
  await produceSome(generator('v3'));
  assertExact(await verified(lab), 5_000);
});

test('a schema that the registry refuses stops the program with one clear line', async () => {
  await setCompatibility('FULL');
  await assert.rejects(
    lab.deploy(generator('v3', { SCHEMA_STYLE: 'required' })),
    (error: Error) => {
      assert.match(error.message, /refused the schema of raw-data-in-value/);
      return true;
    },
  );
});
