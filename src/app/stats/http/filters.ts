/** The filters of `GET /summary` and `GET /series`: checked all at once, then put into one order. */
import type { Field } from './fields.ts';
import { monthField, skuField, yearField } from './fields.ts';
import type { FieldError } from './problem.ts';
import { Problem } from './problem.ts';
import { echo, parseQueryText, short } from './query-text.ts';

const MOST_VALUES = 100;

/** What a request asks for; an empty list means all. Each list is ascending and without repetition. */
export interface Filters {
  readonly sku: readonly string[];
  readonly year: readonly number[];
  readonly month: readonly number[];
}

const fields = { sku: skuField, year: yearField, month: monthField };

/** JSON Schema of the query; each filter may repeat. */
export function filterSchema(names: readonly (keyof Filters)[], mostValues = MOST_VALUES) {
  const properties = names.map((name) => {
    const { description, ...items } = fields[name].schema;
    const about = `${description}; may repeat`;
    return [name, { type: 'array', items, maxItems: mostValues, description: about }] as const;
  });
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
  };
}

/** Reads the filters of a request's target; throws a `Problem` that names every field that is wrong. */
export function readFilters(
  target: string,
  names: readonly (keyof Filters)[],
  mostValues = MOST_VALUES,
): Filters {
  const { pairs, errors: malformed } = parseQueryText(target);
  const errors: FieldError[] = [...malformed];
  const valuesOf = <Value>(name: keyof Filters, field: Field<Value>): Value[] => {
    const texts = pairs.filter(([given]) => given === name).map(([, text]) => text);
    if (texts.length > mostValues) {
      errors.push({ field: name, message: `more than ${mostValues} values are given` });
    }
    return sorted(texts.flatMap((text) => oneValue(name, field, text, errors)));
  };
  for (const name of new Set(pairs.map(([given]) => given))) {
    if (names.includes(name as keyof Filters)) continue;
    const message = `${echo(name)} is not a parameter here: ${names.join(', ')}`;
    errors.push({ field: short(name), message });
  }
  const filters = {
    sku: valuesOf('sku', skuField),
    year: valuesOf('year', yearField),
    month: valuesOf('month', monthField),
  };
  if (errors.length > 0) throw new Problem(400, 'The query cannot be used.', errors);
  return filters;
}

function oneValue<Value>(
  name: string,
  field: Field<Value>,
  text: string,
  errors: FieldError[],
): Value[] {
  const value = field.parse(text);
  if (value !== undefined) return [value];
  errors.push({ field: name, message: field.complaint(text) });
  return [];
}

/** Ascending and without repetition. */
function sorted<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
}
