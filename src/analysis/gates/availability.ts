/** Gate: readers get good answers, and totals never go back. */

import type { Gate } from '../gate.ts';

/** Longest time without a good answer. */
const LONGEST_GAP_MS = 5_000;

/** Fails at the first error that a reader meets, at an answer that no reader may see, and at a gap of 5 s. */
export const availability: Gate = {
  name: 'availability',
  judge({ probes }) {
    const requests = probes.reduce((sum, probe) => sum + probe.requests, 0);
    if (requests === 0) return { word: 'inconclusive', detail: 'no reader yet' };
    const failed = probes.find(({ errors }) => errors > 0);
    if (failed) return { word: 'fail', detail: `a reader met: ${failed.error}` };
    const odd = probes.find(({ oddities }) => oddities > 0);
    if (odd) return { word: 'fail', detail: `a reader saw: ${odd.firstOddity}` };
    const gapMs = Math.max(...probes.map(({ longestGapMs }) => longestGapMs));
    const detail = `${requests} requests, longest gap ${Math.round(gapMs)} ms`;
    return { word: gapMs > LONGEST_GAP_MS ? 'fail' : 'pass', detail };
  },
};
