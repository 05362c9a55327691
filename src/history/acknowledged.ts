/** How many records of the log the generators know to be acknowledged, also while none of them answers. */

import type { AssignmentAnswer, InstanceSources } from './lab-sources.ts';

/** Remembers the furthest that any generator told of each SKU. */
export class Acknowledged {
  readonly #bySku = new Map<string, number>();
  /** Answers that are taken in: with many SKUs they are long. */
  readonly #taken = new WeakSet<AssignmentAnswer>();
  #records = 0;

  /** Takes in what is new; answers the number of records. */
  look(all: readonly InstanceSources[]): number {
    for (const { assignment } of all) {
      const answer = assignment?.heard?.answer;
      if (answer === undefined || this.#taken.has(answer)) continue;
      this.#taken.add(answer);
      for (const [sku, seq] of Object.entries(answer.acknowledged)) this.#raise(sku, seq + 1);
    }
    return this.#records;
  }

  #raise(sku: string, records: number): void {
    const known = this.#bySku.get(sku) ?? 0;
    if (records <= known) return;
    this.#bySku.set(sku, records);
    this.#records += records - known;
  }
}
