/** Planted bug: a field that its writer did not know counts as 0. */
import type { RawRecord } from '../version.ts';
import type { Defect } from './defect.ts';

/** Puts 0 in the place of each null that the Back End reads. */
export const defaultForUnknown: Defect = {
  what: 'the Back End takes 0 for what it does not know',
  backEnd: (parts) => ({
    ...parts,
    decoder: {
      ...parts.decoder,
      decode: (bytes, schemaId) => withZeros(parts.decoder.decode(bytes, schemaId)),
    },
  }),
};

function withZeros(record: RawRecord): RawRecord {
  const fields = Object.entries(record).map(([name, value]) => [name, value ?? 0]);
  return Object.fromEntries(fields) as RawRecord;
}
