/** What an application version is: its schemas, how a record is made, folded and shown. */

/** How the fields that a version adds to `raw-data-in` are declared. */
export type SchemaStyle = 'optional' | 'defaulted' | 'required' | 'tightened';

/** An Avro schema as JSON. */
export interface AvroSchema {
  readonly type: 'record';
  readonly name: string;
  readonly namespace: string;
  readonly fields: readonly {
    readonly name: string;
    readonly type: unknown;
    readonly default?: unknown;
  }[];
}

/** One raw record as a reader of this version sees it: integers, `sku`, null where the truth is unknown. */
export type RawRecord = Readonly<Record<string, string | number | null>> & {
  readonly sku: string;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
};

/** One row of `summary-stats` as a reader of this version sees it. */
export type SummaryRow = Readonly<Record<string, string | number | null>> & {
  readonly sku: string;
  readonly year: number;
  readonly month: number;
  readonly partition: number;
  readonly version: number;
};

/** Everything that differs between two versions of the application; the three programs know no version by name. */
export interface ApplicationVersion {
  /** `v1`, `v2`, … */
  readonly name: string;
  /** The measures shown of a (SKU, month), in order, e.g. `['manufactured_qty', 'defect_qty']`. */
  readonly measures: readonly Measure[];
  readonly rawDataSchema: (style: SchemaStyle) => AvroSchema;
  readonly summarySchema: AvroSchema;
  /** The record of one SKU and hour (hours since 2000-01-01 00:00); a pure function. */
  readonly makeRecord: (seed: number, sku: string, hour: number) => RawRecord;
  /** Why the record's values cannot be true, naming the field; undefined where they can. Called for each record. */
  readonly problem: (record: RawRecord) => string | undefined;
  /** Number of integers in a state row. */
  readonly columns: number;
  /** Adds one record to a state row (`columns` integers, see each version); called for each record. */
  readonly fold: (row: number[], record: RawRecord) => void;
  /** A state row as the fields of its `summary-stats` row (without identity and version). */
  readonly summarise: (row: readonly number[]) => Readonly<Record<string, number | null>>;
  /** Rows of one month, SKUs ascending, as the month's entry of the REST answer. */
  readonly present: (
    seed: number,
    year: number,
    month: number,
    rows: readonly SummaryRow[],
  ) => Readonly<Record<string, unknown>>;
  /** JSON Schema of what `present` returns. */
  readonly presentSchema: Readonly<Record<string, unknown>>;
}

/** One measure that the page can draw. */
export interface Measure {
  /** Field in the summary row, e.g. `manufactured_qty`. */
  readonly field: string;
  /** For people, e.g. `Widgets manufactured`. */
  readonly label: string;
}
