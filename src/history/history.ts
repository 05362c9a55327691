/** What was sent and seen in one run, as plain data: it is saved before it is judged, and can be judged again without a platform. */

/** What can be wrong with data or with an answer; see `docs/concepts.md`. */
export type FindingKind =
  | 'lost'
  | 'duplicated'
  | 'mis-aggregated'
  | 'stale'
  | 'undecodable'
  | 'unavailable';

/** One thing that is not as it must be, with the place where it was seen first; null where a column has no meaning. */
export interface Finding {
  readonly kind: FindingKind;
  /** What is wrong, for people, e.g. `summary row is behind the state`. */
  readonly what: string;
  readonly topic: string | null;
  readonly partition: number | null;
  readonly offset: number | null;
  readonly schemaId: number | null;
  /** Application version that wrote the record, the row or the answer, e.g. `v1`. */
  readonly version: string | null;
  readonly sku: string | null;
  readonly year: number | null;
  readonly month: number | null;
  readonly expected: string | number | null;
  readonly found: string | number | null;
}

/** How many of each kind were found (records, rows or answers), and the first of them. */
export interface FindingTally {
  readonly counts: Readonly<Record<FindingKind, number>>;
  readonly findings: readonly Finding[];
}

/** What identifies a run's data. */
export interface RunIdentity {
  readonly runId: string;
  /** uint32 */
  readonly seed: number;
  /** Number of SKUs, `sku_000000` … */
  readonly skus: number;
  readonly order: 'chronological' | 'shuffled';
}

/**
 * Integers of one (SKU, month) as folded from the log: records, manufactured_qty, defect_qty, records whose
 * defect_qty was known, production_cost, records whose cost was known, then the first record's offset and schema id
 * and the last record's offset.
 */
export type KeyFold = readonly [
  records: number,
  manufacturedQty: number,
  defectQty: number,
  defectKnown: number,
  productionCost: number,
  costKnown: number,
  firstOffset: number,
  firstSchemaId: number,
  lastOffset: number,
];

/** Fold of one partition's records below offset `next`. */
export interface PartitionFold {
  readonly next: number;
  /** Records that count: good, and not a producer's duplicate. */
  readonly records: number;
  /** Producer's duplicates, left out of the totals. */
  readonly duplicates: number;
  /** Bad records, left out of the totals. */
  readonly undecodable: number;
  /** By `<sku>|<yyyy-mm>`. */
  readonly totals: Readonly<Record<string, KeyFold>>;
  /** Highest `seq` counted, by SKU. */
  readonly seq: Readonly<Record<string, number>>;
}

/** One partition of the log as it was read. */
export interface LogPartition {
  readonly partition: number;
  /** First offset that the broker still holds; above 0 where retention has removed records. */
  readonly start: number;
  /** Offset after the last record read. */
  readonly end: number;
  /** At the `next` that the state told before the log was read; absent where the state is unknown. */
  readonly prefix?: PartitionFold;
  /** At `end`. */
  readonly final: PartitionFold;
}

/** What the log holds of one SKU. */
export interface LogSku {
  readonly sku: string;
  /** Partition of its first record. */
  readonly partition: number;
  /** Distinct (SKU, seq). */
  readonly present: number;
  /** Highest seq + 1. */
  readonly nextSeq: number;
  /** Lowest seq below `nextSeq` that is absent; null where none is. */
  readonly firstMissing: number | null;
}

/** One schema that records of the log name. */
export interface LogWriter {
  readonly schemaId: number;
  /** Application version whose fields it has; null where the schema is unknown. */
  readonly version: string | null;
  readonly records: number;
  readonly partition: number;
  /** First offset, in that partition. */
  readonly firstOffset: number;
  /** Reader schemas that cannot read what it wrote, with the reason. */
  readonly unreadableBy: readonly { readonly schemaId: number; readonly reason: string }[];
}

/** The input topic, folded. */
export interface LogHistory {
  readonly topic: string;
  readonly topicId: string;
  readonly partitions: readonly LogPartition[];
  readonly skus: readonly LogSku[];
  readonly writers: readonly LogWriter[];
  /** Reader schemas that each writer was resolved with. */
  readonly readers: readonly { readonly schemaId: number; readonly version: string }[];
  /** All records read. */
  readonly records: number;
  /** Records that are bad: not decodable, or not of this workload and dead-lettered. */
  readonly undecodable: number;
  /** Of these, where the first stands. */
  readonly firstUndecodable: Finding | null;
  /** Entries of the dead-letter topic, and how many records they are of. */
  readonly deadLetters: { readonly entries: number; readonly records: number };
  /** Oddities of single records: doubled, with a wrong value, at a wrong hour. */
  readonly intake: FindingTally;
  /** Oddities of decoding and of dead letters. */
  readonly schema: FindingTally;
}

/** One partition's state in the back end's DB, as read in one atomic call. */
export interface StatePartition {
  readonly partition: number;
  readonly meta: Readonly<Record<string, string>>;
  readonly seq: Readonly<Record<string, string>>;
  readonly totals: Readonly<Record<string, string>>;
  readonly dirty: Readonly<Record<string, string>>;
}

/** The back end's state of all partitions. */
export interface StateHistory {
  readonly namespace: string;
  readonly partitions: readonly StatePartition[];
}

/** The row of the output topic that counts for its key: the highest version, and the last of these. */
export interface OutputRow {
  readonly key: string;
  readonly partition: number;
  readonly offset: number;
  readonly schemaId: number;
  readonly fields: Readonly<Record<string, string | number | null>>;
}

/** The output topic, reduced to the rows that count. */
export interface OutputHistory {
  readonly topic: string;
  readonly rows: readonly OutputRow[];
  /** All records read. */
  readonly records: number;
  /** Records that do not decode. */
  readonly undecodable: number;
  /** Rows that came after a row of a higher version (a superseded process still published); a reader ignores them. */
  readonly superseded: number;
  /** Rows that repeat a version with other totals. */
  readonly contradictions: FindingTally;
}

/** What one process of the Summary Stats UI answered to `GET /summary`. */
export interface RestHistory {
  readonly deployment: string;
  readonly instance: string;
  readonly url: string;
  readonly version: string;
  /** Why there is no answer; the remaining fields are empty then. */
  readonly error?: string;
  /** Totals by `<sku>|<yyyy-mm>`. */
  readonly rows: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  /** The month's own fields by `<yyyy-mm>` (v3: base_cost, total_manufacturing_cost). */
  readonly months: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
}

/** What one generator answered to `GET /assignment`. */
export interface GeneratorHistory {
  readonly instance: string;
  /** Why there is no answer; the remaining fields are empty then. */
  readonly error?: string;
  /** Last acknowledged seq by SKU. */
  readonly acknowledged: Readonly<Record<string, number>>;
  readonly complete: boolean;
}

/** Everything the checker reads. A part that could not be collected is absent, and `errors` says why. */
export interface History {
  readonly format: 1;
  readonly takenAt: string;
  readonly run: RunIdentity;
  readonly generators: readonly GeneratorHistory[];
  readonly log?: LogHistory;
  readonly state?: StateHistory;
  readonly output?: OutputHistory;
  readonly rest: readonly RestHistory[];
  readonly errors: readonly { readonly part: string; readonly message: string }[];
}
