/** Has audits look in a thread of their own: folding a long log must not keep those waiting whom the lab's own thread serves. */
import { Worker } from 'node:worker_threads';
import type { AuditAnswer, AuditCall } from './audit-calls.ts';
import type { LivePrefixAudit, LivePrefixReport, LivePrefixSources } from './live-prefix.ts';

/** A thread for audits. */
export interface AuditThread {
  /** As `openLivePrefixAudit`; what cannot be opened is told by the first look. */
  open(sources: LivePrefixSources): LivePrefixAudit;
  /** Ends the thread; audits that are still looking reject. */
  close(): Promise<void>;
}

type Call = { readonly audit: number } & (
  | { readonly kind: 'open'; readonly sources: LivePrefixSources }
  | { readonly kind: 'look' | 'close' }
);

/** Starts the thread, which loads what it needs meanwhile. */
export function startAuditThread(): AuditThread {
  const worker = new Worker(new URL('./audit-worker.ts', import.meta.url));
  const waiting = new Map<number, PromiseWithResolvers<LivePrefixReport | undefined>>();
  let [calls, audits] = [0, 0];
  let over: Error | undefined;

  function endWith(error: Error): void {
    over ??= error;
    for (const each of waiting.values()) each.reject(over);
    waiting.clear();
  }
  worker.on('message', (answer: AuditAnswer) => {
    const asked = waiting.get(answer.call);
    waiting.delete(answer.call);
    if ('failure' in answer) asked?.reject(new Error(answer.failure));
    else asked?.resolve(answer.report);
  });
  worker.on('error', (cause) => endWith(new Error('the thread of the audits failed', { cause })));
  worker.on('exit', () => endWith(new Error('the thread of the audits has ended')));

  function ask(call: Call): Promise<LivePrefixReport | undefined> {
    if (over) return Promise.reject(over);
    const asked = Promise.withResolvers<LivePrefixReport | undefined>();
    waiting.set(++calls, asked);
    worker.postMessage({ ...call, call: calls } satisfies AuditCall);
    return asked.promise;
  }

  return {
    open(sources) {
      const audit = ++audits;
      const opened = ask({ kind: 'open', audit, sources });
      // Whoever looks is told; until then nobody listens.
      opened.catch(() => undefined);
      return {
        async audit() {
          await opened;
          const report = await ask({ kind: 'look', audit });
          if (report === undefined) throw new Error('a look brought no report');
          return report;
        },
        async close() {
          await ask({ kind: 'close', audit });
        },
      };
    },
    async close() {
      await worker.terminate();
    },
  };
}
