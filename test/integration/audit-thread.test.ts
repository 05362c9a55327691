/** Audits in a thread of their own see what audits see, and tell what goes wrong there. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startAuditThread } from '../../src/checker/audit-thread.ts';
import type { Lab } from '../../src/platform/platform.ts';
import { dataNamesOf } from '../../src/platform/platform.ts';
import { deployment, startTestLab, until } from './lab.ts';

let lab: Lab;

before(async () => {
  lab = await startTestLab({ run: { skus: 2 } });
});

after(() => lab.down());

function sourcesOf(state: string) {
  const names = dataNamesOf({ env: {} });
  const { bootstrap, registry } = lab.addresses;
  const where = { bootstrap, registry, state, topics: names, stateNamespace: names.namespace };
  return { run: lab.run, ...where };
}

test('what the state claims is compared while records are counted', async () => {
  const thread = startAuditThread();
  try {
    await lab.deploy(deployment('back-end', { env: { READY_LAG: 'any' } }));
    await lab.deploy(deployment('generator', { env: { SKUS: '0-1', RATE: '20000' } }));
    const audit = thread.open(sourcesOf(lab.addresses.valkey[0]));
    const report = await until('something to audit', async () => {
      const seen = await audit.audit();
      return seen.records > 10_000 ? seen : undefined;
    });
    assert.deepEqual(report.findings, []);
    await audit.close();
  } finally {
    await thread.close();
  }
});

test('a state DB that does not answer is told by the look, and the thread goes on', async () => {
  const thread = startAuditThread();
  try {
    const nobody = thread.open(sourcesOf('127.0.0.1:1'));
    await assert.rejects(nobody.audit(), /max retries/);
    const audit = thread.open(sourcesOf(lab.addresses.valkey[0]));
    assert.deepEqual((await audit.audit()).findings, []);
  } finally {
    await thread.close();
  }
});

test('a look that the end of the thread overtakes is rejected, and so is each later one', async () => {
  const thread = startAuditThread();
  const audit = thread.open(sourcesOf(lab.addresses.valkey[0]));
  const look = assert.rejects(audit.audit(), /has ended/);
  await thread.close();
  await look;
  await assert.rejects(audit.audit(), /has ended/);
});
