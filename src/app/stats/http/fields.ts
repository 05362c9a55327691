/** The fields that a request may name: their schemas for the description, and the same rules for checking. */
import { FIRST_YEAR, LAST_YEAR } from '../../runtime/calendar.ts';
import { echo } from './query-text.ts';

/** A field's rule: what it is for people, its JSON Schema, and its value where the text is one. */
export interface Field<Value> {
  readonly schema: Readonly<Record<string, unknown>>;
  /** The value, or undefined where the text is none. */
  readonly parse: (text: string) => Value | undefined;
  /** Why the text is none. */
  readonly complaint: (text: string) => string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a SKU must not hold
const SKU = /^[^\u0000-\u001f\u007f|]{1,128}$/u;

/** Name of a SKU. */
export const skuField: Field<string> = {
  schema: {
    type: 'string',
    minLength: 1,
    maxLength: 128,
    pattern: '^[^\\u0000-\\u001f\\u007f|]{1,128}$',
    description: 'Name of a SKU, e.g. sku_000001',
  },
  parse: (text) => (SKU.test(text) ? text : undefined),
  complaint: (text) =>
    `${echo(text)} is not the name of a SKU: 1 to 128 characters, no control characters and no '|'`,
};

/** A year that has data. */
export const yearField = integerField('year', FIRST_YEAR, LAST_YEAR);

/** A month of the year. */
export const monthField = integerField('month', 1, 12);

function integerField(name: string, minimum: number, maximum: number): Field<number> {
  return {
    schema: {
      type: 'integer',
      minimum,
      maximum,
      description: `A ${name}, ${minimum} to ${maximum}`,
    },
    parse(text) {
      const value = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined;
      return value !== undefined && value >= minimum && value <= maximum ? value : undefined;
    },
    complaint: (text) => `${echo(text)} is not a ${name} from ${minimum} to ${maximum}`,
  };
}
