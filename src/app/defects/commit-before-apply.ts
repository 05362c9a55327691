/** Planted bug: the offset is stored first, and the totals after it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { stateScripts } from '../back-end/partition-state.ts';
import type { Defect } from './defect.ts';
import { COMPARISONS, editScript } from './edit-script.ts';

const BETWEEN_MS = 50;
const NOTHING = Buffer.alloc(0);

/** A process that ends between the two calls loses a batch. */
export const commitBeforeApply: Defect = {
  what: `the Back End stores the offset of a batch ${BETWEEN_MS} ms before its totals`,
  backEnd(parts) {
    const scripts = stateScripts((name, lua) =>
      name === 'apply' ? editScript(lua, COMPARISONS) : lua,
    );
    return {
      ...parts,
      openState(partition) {
        const state = parts.openState(partition);
        const unchecked = parts.openState(partition, scripts);
        return {
          ...state,
          async apply(token, incarnation, batch) {
            const offsetOnly = { ...batch, rows: NOTHING };
            const outcome = await state.apply(token, incarnation, offsetOnly);
            if (outcome !== 'OK') return outcome;
            await sleep(BETWEEN_MS);
            const totalsOnly = { ...batch, undecodable: 0, duplicates: 0 };
            return unchecked.apply(token, incarnation, totalsOnly);
          },
        };
      },
    };
  },
};
