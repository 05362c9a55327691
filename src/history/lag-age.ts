/** How old the oldest record is that is not counted, reckoned from how the ends of a log moved over time. */

/** The end of a log at a time; milliseconds on any one clock. */
interface Mark {
  readonly atMs: number;
  readonly end: number;
}

/** Remembers where the log ended, as far back as something is not counted. */
export class LagAge {
  readonly #marks: Mark[] = [];

  /**
   * Takes in where the log ends and up to where it is counted; answers the age in ms of the oldest record that is not:
   * the time since the log was first seen to end behind it, so at most one look too little.
   */
  look(atMs: number, next: number, end: number): number {
    const last = this.#marks.at(-1);
    if (last === undefined || end > last.end) this.#marks.push({ atMs, end });
    // What ended at or before `next` is counted; of the rest the first is the oldest.
    while (this.#marks.length > 1 && (this.#marks[0]?.end ?? 0) <= next) this.#marks.shift();
    const oldest = this.#marks[0];
    if (oldest === undefined || oldest.end <= next) return 0;
    return Math.max(0, atMs - oldest.atMs);
  }
}
