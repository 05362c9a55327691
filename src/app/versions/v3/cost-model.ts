/** What making widgets costs: per widget and SKU, and per hour of running the factory, rising each year. */
import { daysInMonth, FIRST_YEAR, LAST_YEAR } from '../../runtime/calendar.ts';
import { between, random } from '../../runtime/random.ts';

const WORKING_HOURS_A_DAY = 12;
const FIRST_BASE_COST = 280;

/** No widget can cost more than this: 200 in 2000 and a tenth more, rounded down, each year after. */
export const HIGHEST_WIDGET_COST = years().reduce((cost) => cost + Math.floor(cost / 10), 200);

/** The years after the first. */
function years(): number[] {
  return Array.from({ length: LAST_YEAR - FIRST_YEAR }, (_, index) => FIRST_YEAR + 1 + index);
}

/** Costs of each year from 2000 on, each made from the one before. */
function yearly(first: number, increase: (previous: number, year: number) => number): number[] {
  const costs = [first];
  let cost = first;
  for (const year of years()) {
    cost += increase(cost, year);
    costs.push(cost);
  }
  return costs;
}

/** Keeps what was computed for a seed and SKU; there are few of either in one process. */
function remembered(compute: (seed: number, sku: string) => number[]) {
  const known = new Map<string, number[]>();
  let last = { seed: Number.NaN, sku: '', costs: [] as number[] };
  return (seed: number, sku: string, year: number): number => {
    if (last.seed !== seed || last.sku !== sku) {
      const key = `${seed}/${sku}`;
      const costs = known.get(key) ?? compute(seed, sku);
      known.set(key, costs);
      last = { seed, sku, costs };
    }
    const cost = last.costs[year - FIRST_YEAR];
    if (cost === undefined) throw new RangeError(`no cost is known for the year ${year}`);
    return cost;
  };
}

/** Cost of one widget of a SKU in a year. */
export const widgetCost = remembered((seed, sku) => {
  const draw = (year: number) => random(seed, sku, year, 'sku_manufacturing_cost');
  return yearly(between(100, 200, draw(FIRST_YEAR)), (previous, year) =>
    between(1, Math.max(1, Math.floor(previous / 10)), draw(year)),
  );
});

const hourlyBaseCost = remembered((seed) =>
  yearly(FIRST_BASE_COST, (previous, year) => {
    const percent = between(5, 10, random(seed, '', year, 'base_cost'));
    return Math.max(1, Math.round((previous * percent) / 100));
  }),
);

/** Base cost of a month: the year's cost per hour × 12 working hours × days. */
export function baseCost(seed: number, year: number, month: number): number {
  return hourlyBaseCost(seed, '', year) * WORKING_HOURS_A_DAY * daysInMonth(year, month);
}
