/** Which ports are taken. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { freePort, freePorts, loopback } from '../../../src/platform/local/ports.ts';

test('a taken port is replaced and told, a free one is kept', async (t) => {
  const holder = createServer().listen(0, loopback);
  await once(holder, 'listening');
  t.after(() => holder.close());
  const { port: taken } = holder.address() as AddressInfo;
  const free = await freePort();
  const told: number[] = [];
  const [first, second] = await freePorts([taken, free], (wished) => told.push(wished));
  assert.notEqual(first, taken);
  assert.equal(second, free);
  assert.deepEqual(told, [taken]);
});

test('ports asked for together all differ', async () => {
  const wished = await freePort();
  const ports = await freePorts([0, wished, wished, 0, 0], () => undefined);
  assert.equal(new Set(ports).size, 5);
});
