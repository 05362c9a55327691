/** Gate: the state is the fold of the log's first records, at any time. */

import type { Gate } from '../gate.ts';

/** Fails where an audit finds any total that the log does not give. */
export const prefix: Gate = {
  name: 'prefix',
  judge({ audit }) {
    if (audit === undefined) return { word: 'inconclusive', detail: 'not audited yet' };
    const [first] = audit.findings;
    if (first === undefined && audit.records === 0) {
      return { word: 'inconclusive', detail: 'nothing is counted yet' };
    }
    if (first === undefined) {
      return { word: 'pass', detail: `state = fold of ${audit.records} records` };
    }
    const { kind, what, sku, year, month, expected, found } = first;
    const detail = `${kind}: ${what}, ${sku} ${year}-${month}: ${found} instead of ${expected}`;
    return { word: 'fail', detail };
  },
};
