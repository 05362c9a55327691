/** Why one schema cannot read what another wrote. */

/** One reason, with the place in the schema that it is about. */
export interface Incompatibility {
  /** E.g. `defect_qty` or `order.items[].price`; empty for the schema as a whole. */
  readonly path: string;
  /** For people, names the field, e.g. `field defect_qty has no default and the writer does not write it`. */
  readonly message: string;
}

/** Every reason why data of `writer` cannot be read with `reader`; empty where they can. */
export type CannotRead<Schema> = (reader: Schema, writer: Schema) => readonly Incompatibility[];
