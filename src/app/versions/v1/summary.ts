/** How a month is shown over REST. */
import type { Measure, SummaryRow } from '../../version.ts';

/** The measures shown of a (SKU, month). */
export const measures: readonly Measure[] = [
  { field: 'manufactured_qty', label: 'Widgets manufactured' },
];

/** Rows of one month, SKUs ascending, as the month's entry of `GET /summary`. */
export function present(_seed: number, year: number, month: number, rows: readonly SummaryRow[]) {
  return {
    year,
    month,
    manufacturing: rows.map(({ sku, manufactured_qty }) => ({ sku, totals: { manufactured_qty } })),
  };
}

/** JSON Schema of what `present` returns. */
export const presentSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['year', 'month', 'manufacturing'],
  properties: {
    year: { type: 'integer' },
    month: { type: 'integer' },
    manufacturing: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['sku', 'totals'],
        properties: {
          sku: { type: 'string' },
          totals: {
            type: 'object',
            additionalProperties: false,
            required: ['manufactured_qty'],
            properties: { manufactured_qty: { type: 'integer' } },
          },
        },
      },
    },
  },
};
