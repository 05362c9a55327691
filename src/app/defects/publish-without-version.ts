/** Planted bug: summary rows do not tell how new they are. */
import type { Defect } from './defect.ts';

/** Every row carries version 0, so a reader cannot tell a late one from a new one. */
export const publishWithoutVersion: Defect = {
  what: 'the Back End publishes rows without their version',
  backEnd: (parts) => ({
    ...parts,
    openState(partition, scripts) {
      const state = parts.openState(partition, scripts);
      return {
        ...state,
        async *unpublished(token, incarnation) {
          for await (const page of state.unpublished(token, incarnation)) {
            yield { ...page, rows: page.rows.map((row) => ({ ...row, version: 0 })) };
          }
        },
      };
    },
  }),
};
