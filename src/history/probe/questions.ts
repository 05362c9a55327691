/** What the prober asks for: small answers, over all SKUs that readers are told of and the years that have data. */

const FIRST_YEAR = 2000;
const LAST_YEAR = 2024;
const LONGEST_NAME_LIST = 1_000;
/** One in so many questions is of each other kind than a SKU's year. */
const NAMES_EACH = 20;
const SUMMARY_EACH = 20;
const FURTHER_YEAR_EACH = 25;

/** Questions in turn; the answers tell what may be asked next. */
export class Questions {
  readonly #most: number;
  #names: readonly string[] = [];
  #lastYear = FIRST_YEAR;
  #asked = 0;
  #turn = 0;

  /** @param skus number of SKUs to ask for at most */
  constructor(skus: number) {
    this.#most = Math.min(skus, LONGEST_NAME_LIST);
  }

  /** Path and query of the next question. */
  next(): string {
    const asked = this.#asked++;
    const sku = this.#names[this.#turn % Math.max(1, this.#names.length)];
    if (sku === undefined || asked % NAMES_EACH === 0) return '/sku_names';
    const year = this.#yearOf(asked);
    this.#turn++;
    if (asked % SUMMARY_EACH !== SUMMARY_EACH / 2) return `/query/${sku}/${year}`;
    return `/summary?sku=${sku}&year=${year}&month=${1 + (this.#turn % 12)}`;
  }

  /** Takes note of a good answer; gives the application version that it names, null where it names none. */
  learn(path: string, body: unknown): string | null {
    const { names, version, data } = (body ?? {}) as Readonly<Record<string, unknown>>;
    if (Array.isArray(names)) this.#names = names.slice(0, this.#most) as string[];
    const year = /^\/query\/[^/]+\/(\d+)$/.exec(path)?.[1];
    const hasData = Array.isArray(data) && data.length > 0;
    if (year !== undefined && hasData) this.#lastYear = Math.max(this.#lastYear, Number(year));
    return typeof version === 'string' ? version : null;
  }

  #yearOf(asked: number): number {
    if (asked % FURTHER_YEAR_EACH === 1) return Math.min(this.#lastYear + 1, LAST_YEAR);
    const years = this.#lastYear - FIRST_YEAR + 1;
    return FIRST_YEAR + (Math.floor(this.#turn / this.#names.length) % years);
  }
}
