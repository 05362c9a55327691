/** Gate: no instance had to be started again. */

import type { Sample } from '../../history/timeline.ts';
import type { Gate } from '../gate.ts';

/** Fails at the first restart since the rollout began. */
export const restarts: Gate = {
  name: 'restarts',
  judge({ baseline, recent }) {
    const before = new Map(instancesOf(baseline).map(({ name, restarts }) => [name, restarts]));
    const again = instancesOf(recent.at(-1) ?? baseline).filter(
      ({ name, restarts: now }) => now > (before.get(name) ?? 0),
    );
    if (again.length === 0) return { word: 'pass', detail: 'no instance was started again' };
    const names = again.map(({ name, restarts: now }) => `${name} ${now} ×`);
    return { word: 'fail', detail: `started again: ${names.join(', ')}` };
  },
};

function instancesOf({ deployments }: Sample) {
  return deployments.flatMap(({ instances }) => instances);
}
