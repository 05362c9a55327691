/** Defective build: the Back End counts some records twice. */
import type { Defect } from './defect.ts';

const EACH = 300;

/** Folds each so many-th record a second time. */
export const doubleCount: Defect = {
  what: `the Back End counts each ${EACH}th record twice`,
  backEnd(parts) {
    const { fold } = parts.version;
    let counted = 0;
    return {
      ...parts,
      version: {
        ...parts.version,
        fold(row, record) {
          fold(row, record);
          if (++counted % EACH === 0) fold(row, record);
        },
      },
    };
  },
};
