/** The thread of the audits: opens, looks and closes as it is told. */
import { parentPort } from 'node:worker_threads';
import type { AuditAnswer, AuditCall } from './audit-calls.ts';
import type { LivePrefixAudit, LivePrefixReport } from './live-prefix.ts';
import { openLivePrefixAudit } from './live-prefix.ts';

const audits = new Map<number, LivePrefixAudit>();

async function carryOut(call: AuditCall): Promise<LivePrefixReport | undefined> {
  if (call.kind === 'open') {
    audits.set(call.audit, openLivePrefixAudit(call.sources));
    return undefined;
  }
  const audit = audits.get(call.audit);
  if (audit === undefined) throw new Error(`no audit ${call.audit} is open`);
  if (call.kind === 'look') return audit.audit();
  audits.delete(call.audit);
  await audit.close();
  return undefined;
}

parentPort?.on('message', async (call: AuditCall) => {
  const answer: AuditAnswer = await carryOut(call).then(
    (report) => ({ call: call.call, ...(report ? { report } : {}) }),
    (error: unknown) => ({ call: call.call, failure: String(error) }),
  );
  parentPort?.postMessage(answer);
});
