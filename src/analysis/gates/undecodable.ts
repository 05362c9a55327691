/** Gate: no record became a dead letter. */

import type { Gate } from '../gate.ts';

/** Fails at the first dead letter since the rollout began. */
export const undecodable: Gate = {
  name: 'undecodable',
  judge({ baseline, recent }) {
    const count = (recent.at(-1) ?? baseline).undecodable - baseline.undecodable;
    return count > 0
      ? { word: 'fail', detail: `${count} records became dead letters` }
      : { word: 'pass', detail: 'no dead letter' };
  },
};
