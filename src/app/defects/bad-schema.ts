/** Defective build: the generator writes a schema that nobody else can read. */
import type { AvroSchema } from '../version.ts';
import type { Defect } from './defect.ts';

const FIELD = 'manufactured_qty';

/** Declares and writes a number as text; a compatibility mode refuses that, under NONE its records become dead letters. */
export const badSchema: Defect = {
  what: `the generator writes ${FIELD} as a string`,
  generator: (version) => ({
    ...version,
    rawDataSchema: (style) => withTextField(version.rawDataSchema(style)),
    makeRecord(seed, sku, hour) {
      const record = version.makeRecord(seed, sku, hour);
      return { ...record, [FIELD]: String(record[FIELD]) };
    },
  }),
};

function withTextField(schema: AvroSchema): AvroSchema {
  const fields = schema.fields.map((field) =>
    field.name === FIELD ? { ...field, type: 'string' } : field,
  );
  return { ...schema, fields };
}
