/** How a month is shown over REST. */
import type { Measure, SummaryRow } from '../../version.ts';
import { baseCost } from './cost-model.ts';

/** The measures shown of a (SKU, month). */
export const measures: readonly Measure[] = [
  { field: 'manufactured_qty', label: 'Widgets manufactured' },
  { field: 'defect_qty', label: 'Defective widgets' },
  { field: 'production_cost', label: 'Production cost' },
];

/** The sum of the rows' production costs; null where one of them is not known. */
function totalCost(rows: readonly SummaryRow[]): number | null {
  let total = 0;
  for (const { production_cost = null } of rows) {
    if (production_cost === null) return null;
    total += Number(production_cost);
  }
  return total;
}

/** Rows of one month, SKUs ascending, as the month's entry of `GET /summary`. */
export function present(seed: number, year: number, month: number, rows: readonly SummaryRow[]) {
  return {
    year,
    month,
    base_cost: baseCost(seed, year, month),
    total_manufacturing_cost: totalCost(rows),
    manufacturing: rows.map(
      ({ sku, manufactured_qty, defect_qty = null, production_cost = null }) => ({
        sku,
        totals: { manufactured_qty, defect_qty, production_cost },
      }),
    ),
  };
}

/** JSON Schema of what `present` returns; a total is null while it is not known of every hour. */
export const presentSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['year', 'month', 'base_cost', 'total_manufacturing_cost', 'manufacturing'],
  properties: {
    year: { type: 'integer' },
    month: { type: 'integer' },
    base_cost: { type: 'integer' },
    total_manufacturing_cost: { type: ['integer', 'null'] },
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
            required: ['manufactured_qty', 'defect_qty', 'production_cost'],
            properties: {
              manufactured_qty: { type: 'integer' },
              defect_qty: { type: ['integer', 'null'] },
              production_cost: { type: ['integer', 'null'] },
            },
          },
        },
      },
    },
  },
};
