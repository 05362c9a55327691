/** What is said between a lab and the thread of its audits. */
import type { LivePrefixReport, LivePrefixSources } from './live-prefix.ts';

/** A call; `audit` names one that is open. */
export type AuditCall = { readonly call: number; readonly audit: number } & (
  | { readonly kind: 'open'; readonly sources: LivePrefixSources }
  | { readonly kind: 'look' | 'close' }
);

/** What came of a call; a look brings a report. */
export type AuditAnswer = { readonly call: number } & (
  | { readonly report?: LivePrefixReport }
  | { readonly failure: string }
);
