/** Defective build: the Back End counts some records in the month after theirs. */
import type { Defect } from './defect.ts';
import { inNextMonth } from './next-month.ts';

const EACH = 300;

/** Moves each so many-th record that it reads. */
export const wrongMonth: Defect = {
  what: `the Back End counts each ${EACH}th record in the month after its own`,
  backEnd(parts) {
    const { decoder } = parts;
    let read = 0;
    return {
      ...parts,
      decoder: {
        ...decoder,
        decode(bytes, schemaId) {
          const record = decoder.decode(bytes, schemaId);
          return ++read % EACH === 0 ? inNextMonth(record) : record;
        },
      },
    };
  },
};
