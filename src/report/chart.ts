/** What a chart of a report is: series over the seconds of a run. */

/** One line or band. */
export interface Series {
  readonly name: string;
  /** Version whose colour and pattern it has; null has none. */
  readonly version: string | null;
  /** `asked` and `total` lines are dashed. */
  readonly style: 'line' | 'asked' | 'total' | 'second';
  readonly values: readonly (number | null)[];
}

/** One chart. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  /** What is seen, in one sentence. */
  readonly note: string;
  readonly unit: string;
  readonly kind: 'lines' | 'bands';
  /** The value axis ends here at least. */
  readonly atLeast: number;
  /** Seconds since the run began. */
  readonly seconds: readonly number[];
  readonly series: readonly Series[];
}

/** Times of events in seconds since the run began. */
export const secondsOf = (events: readonly { readonly atMs: number }[]) =>
  events.map(({ atMs }) => atMs / 1000);
