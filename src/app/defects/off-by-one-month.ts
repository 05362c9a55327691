/** Planted bug: months are taken to count from 0. */
import type { Defect } from './defect.ts';
import { inNextMonth } from './next-month.ts';

/** Moves each record that the Back End reads. */
export const offByOneMonth: Defect = {
  what: 'the Back End counts each record in the month after its own',
  backEnd: (parts) => ({
    ...parts,
    decoder: {
      ...parts.decoder,
      decode: (bytes, schemaId) => inNextMonth(parts.decoder.decode(bytes, schemaId)),
    },
  }),
};
