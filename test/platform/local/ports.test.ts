/** Which ports a lab takes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { PortClaims } from '../../../src/platform/local/port-claims.ts';
import { freePort, loopback } from '../../../src/platform/local/ports.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('a taken port is replaced and told, a free one is kept', async (t) => {
  const holder = createServer().listen(0, loopback);
  await once(holder, 'listening');
  t.after(() => holder.close());
  const { port: taken } = holder.address() as AddressInfo;
  const free = await freePort();
  const told: number[] = [];
  const claims = new PortClaims(temporaryFolder(t));
  const [first, second] = await claims.claimAll([taken, free], (wished) => told.push(wished));
  assert.notEqual(first, taken);
  assert.equal(second, free);
  assert.deepEqual(told, [taken]);
});

test('ports asked for together all differ', async (t) => {
  const wished = await freePort();
  const claims = new PortClaims(temporaryFolder(t));
  const ports = await claims.claimAll([0, wished, wished, 0, 0], () => undefined);
  assert.equal(new Set(ports).size, 5);
});

test('a port that another lab claims is not taken before that lab ends, though nothing listens yet', async (t) => {
  const folder = temporaryFolder(t);
  const [one, other] = [new PortClaims(folder), new PortClaims(folder)];
  const port = await freePort();
  assert.equal(await one.claim(port), true);
  assert.equal(await other.claim(port), false);
  one.release();
  assert.equal(await other.claim(port), true);
});
