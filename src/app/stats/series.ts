/** The summary as columns, for drawing: the total of all SKUs, and each SKU that is asked for. */
import { FIRST_YEAR } from '../runtime/calendar.ts';
import type { ApplicationVersion, SummaryRow } from '../version.ts';
import type { MonthView } from './month-view.ts';
import type { Mirror, MonthRows } from './state/mirror.ts';
import { monthNumber } from './state/row-key.ts';

type Columns = Record<string, (number | null)[]>;

const FIRST_MONTH = monthNumber(FIRST_YEAR, 1);

/** The body of `GET /series`. */
export function seriesOf(
  version: ApplicationVersion,
  revision: number,
  mirror: Mirror,
  skus: readonly string[],
  viewOf: (month: MonthRows) => MonthView,
) {
  const months = [...mirror.months].sort(([a], [b]) => a - b);
  const numbers = months.map(([number]) => number - FIRST_MONTH);
  const views = months.map(([, month]) => viewOf(month));
  const monthly = [...new Set(views.flatMap((view) => Object.keys(view.monthly)))];
  const total: Columns = { months: numbers, records: views.map(({ records }) => records) };
  for (const [index, { field }] of version.measures.entries()) {
    total[field] = views.map(({ totals }) => totals[index] ?? null);
  }
  for (const field of monthly) total[field] = views.map((view) => view.monthly[field] ?? null);
  return {
    version: version.name,
    revision,
    measures: version.measures,
    monthly: monthly.map((field) => ({ field, label: labelOf(field) })),
    total,
    skus: Object.fromEntries(skus.map((sku) => [sku, columnsOf(version, months, sku)])),
  };
}

function columnsOf(
  version: ApplicationVersion,
  months: readonly (readonly [number, MonthRows])[],
  sku: string,
): Columns {
  const rows = months.flatMap(([number, { bySku }]) => {
    const row = bySku.get(sku);
    return row === undefined ? [] : [[number - FIRST_MONTH, row] as const];
  });
  const column = (field: string) => rows.map(([, row]) => numberIn(row, field));
  return {
    months: rows.map(([number]) => number),
    records: column('records'),
    ...Object.fromEntries(version.measures.map(({ field }) => [field, column(field)])),
  };
}

function numberIn(row: SummaryRow, field: string): number | null {
  const value = row[field] ?? null;
  return value === null ? null : Number(value);
}

/** `base_cost` as a person writes it. */
function labelOf(field: string): string {
  const words = field.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
