/** What is made of one month's rows, kept until one of them changes. */
import type { ApplicationVersion } from '../version.ts';
import type { MonthRows } from './state/mirror.ts';
import { rowsOf } from './state/mirror.ts';

/** A month as it is shown with all its SKUs. */
export interface MonthView {
  /** The month's entry of `GET /summary`, as JSON. */
  readonly json: string;
  /** Hours counted. */
  readonly records: number;
  /** Sum over all SKUs of each measure, in the version's order; null where a part is unknown. */
  readonly totals: readonly (number | null)[];
  /** Numbers that belong to the month and to no SKU, e.g. its base cost. */
  readonly monthly: Readonly<Record<string, number | null>>;
}

/** Makes views, and answers the last one again while its month is unchanged. */
export function createMonthViews(version: ApplicationVersion, seed: number) {
  const views = new WeakMap<MonthRows, { readonly changes: number; readonly view: MonthView }>();
  return (month: MonthRows): MonthView => {
    const known = views.get(month);
    if (known?.changes === month.changes) return known.view;
    const view = viewOf(version, seed, month);
    views.set(month, { changes: month.changes, view });
    return view;
  };
}

function viewOf(version: ApplicationVersion, seed: number, month: MonthRows): MonthView {
  const rows = rowsOf(month, []);
  const shown = version.present(seed, month.year, month.month, rows);
  const total = (field: string) =>
    rows.reduce<number | null>((sum, row) => {
      const value = row[field] ?? null;
      return sum === null || value === null ? null : sum + Number(value);
    }, 0);
  return {
    json: JSON.stringify(shown),
    records: Number(total('records')),
    totals: version.measures.map(({ field }) => total(field)),
    monthly: monthlyNumbers(shown),
  };
}

/** A month's own numbers, without those named as totals of its SKUs, which `totals` has already. */
function monthlyNumbers(shown: Readonly<Record<string, unknown>>): Record<string, number | null> {
  const numbers: Record<string, number | null> = {};
  for (const [field, value] of Object.entries(shown)) {
    if (field === 'year' || field === 'month' || field.startsWith('total_')) continue;
    if (typeof value === 'number' || value === null) numbers[field] = value;
  }
  return numbers;
}
