/** Defective build: the Back End ends soon after it began to count. */
import type { Defect } from './defect.ts';

const RECORDS_BEFORE = 2_000;

/** Throws where nobody catches it, as a bug in a callback does; each new start gets as far. */
export const crash: Defect = {
  what: `the Back End ends after it has counted ${RECORDS_BEFORE} records`,
  backEnd(parts) {
    const { fold } = parts.version;
    let counted = 0;
    return {
      ...parts,
      version: {
        ...parts.version,
        fold(row, record) {
          fold(row, record);
          if (++counted === RECORDS_BEFORE) setImmediate(fail);
        },
      },
    };
  },
};

function fail(): never {
  throw new Error(`defect crash: ${RECORDS_BEFORE} records are counted`);
}
