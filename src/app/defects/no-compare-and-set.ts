/** Planted bug: a batch is applied without a look at what is stored. */
import { stateScripts } from '../back-end/partition-state.ts';
import type { Defect } from './defect.ts';
import { COMPARISONS, editScript } from './edit-script.ts';

/** A call that is sent again because its answer was lost counts again. */
export const noCompareAndSet: Defect = {
  what: 'the Back End applies a batch wherever the stored offset stands',
  backEnd(parts) {
    const scripts = stateScripts((name, lua) =>
      name === 'apply' ? editScript(lua, COMPARISONS) : lua,
    );
    return { ...parts, openState: (partition) => parts.openState(partition, scripts) };
  },
};
