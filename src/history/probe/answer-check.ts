/** What no reader may see: a total that goes back, an answer in another version's shape. */

const MEASURES = ['manufactured_qty', 'defect_qty', 'production_cost'];
/** Fields of a SKU's totals in the summary of each version. */
const SUMMARY_SHAPES = [
  'manufactured_qty',
  'manufactured_qty defect_qty',
  'manufactured_qty defect_qty production_cost, costs of the month',
];
const PLACE = ['sku', 'year', 'month'];
/** Readers of another version follow the topic on their own; so much younger may be what they show. */
const OTHER_VERSION_MS = 2_000;

interface Step {
  readonly value: number;
  /** When a reader was first shown it. */
  readonly atMs: number;
}

type Row = Readonly<Record<string, unknown>>;

/** Remembers the totals that readers were shown. */
export class AnswerCheck {
  /** By (SKU, month), then by version: the highest totals, ascending. */
  readonly #shown = new Map<string, Map<string, Step[]>>();

  /** What is odd in a good answer to a question sent at `sentMs`; questions that overlap are not compared. */
  oddities(path: string, body: unknown, sentMs: number, atMs: number): string[] {
    const { version, data } = (body ?? {}) as Row;
    if (!Array.isArray(data)) return path === '/sku_names' ? [] : [`GET ${path}: it has no data`];
    if (!path.startsWith('/query/')) return mixedShapes(path, data as Row[]);
    const rows = data as Row[];
    return rows.flatMap((row) => [
      ...otherShape(path, String(version), row),
      ...this.#wentBack(String(version), row, sentMs, atMs),
    ]);
  }

  #wentBack(version: string, row: Row, sentMs: number, atMs: number): string[] {
    const key = `${row.sku} ${row.year}-${row.month}`;
    const value = Number(row.manufactured_qty);
    const versions = this.#shown.get(key) ?? new Map<string, Step[]>();
    this.#shown.set(key, versions);
    const odd: string[] = [];
    for (const [other, steps] of versions) {
      const beforeMs = other === version ? sentMs : sentMs - OTHER_VERSION_MS;
      const shown = steps.findLast((step) => step.atMs < beforeMs);
      if (shown === undefined || shown.value <= value) continue;
      odd.push(`${key}: ${version} went back to ${value}, ${other} had shown ${shown.value}`);
    }
    remember(versions, version, { value, atMs });
    return odd;
  }
}

function remember(versions: Map<string, Step[]>, version: string, step: Step): void {
  const steps = versions.get(version) ?? [];
  versions.set(version, steps);
  if (step.value <= (steps.at(-1)?.value ?? -1)) return;
  steps.push(step);
  // Of the old ones only the last can still be the one to compare with.
  while ((steps[1]?.atMs ?? Number.POSITIVE_INFINITY) < step.atMs - 2 * OTHER_VERSION_MS) {
    steps.shift();
  }
}

function otherShape(path: string, version: string, row: Row): string[] {
  const count = Number(/^v(\d)$/.exec(version)?.[1] ?? 0);
  const expected = [...PLACE, ...MEASURES.slice(0, count)].join(' ');
  const found = Object.keys(row).join(' ');
  return found === expected ? [] : [`GET ${path}: ${version} answers with the fields ${found}`];
}

/** The summary names no version, but what one answer holds must be of one. */
function mixedShapes(path: string, months: readonly Row[]): string[] {
  const shapes = new Set(months.flatMap(shapesOf));
  if (shapes.size <= 1 && [...shapes].every((shape) => SUMMARY_SHAPES.includes(shape))) return [];
  return [`GET ${path}: no version answers with the fields ${[...shapes].join(' and ')}`];
}

function shapesOf(month: Row): string[] {
  const costs = 'total_manufacturing_cost' in month ? ', costs of the month' : '';
  const rows = (month.manufacturing ?? []) as readonly { readonly totals: Row }[];
  return rows.map(({ totals }) => `${Object.keys(totals).join(' ')}${costs}`);
}
