/** What the fold of a log reads: batches of records in the order of their offsets, and the schemas they name. */

/** One record as the broker keeps it. */
export interface LogRecord {
  /** Added to the batch's `firstOffset`. */
  readonly offsetDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [Buffer | null, Buffer | null])[];
}

/** Records of one partition, offsets ascending, also from one batch of a partition to the next. */
export interface LogBatch {
  readonly partition: number;
  readonly firstOffset: number;
  readonly records: readonly LogRecord[];
}

/** A topic and the offsets to read: from `start`, to before `end`. */
export interface TopicExtent {
  readonly topic: string;
  readonly topicId: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly start: number;
    readonly end: number;
  }[];
}

/** A schema under its id in the registry. */
export interface RegisteredSchema {
  readonly schemaId: number;
  /** Avro schema as JSON text. */
  readonly schema: string;
}

/** Everything that the fold of the input topic needs. */
export interface LogInput {
  readonly extent: TopicExtent;
  readonly batches: AsyncIterable<LogBatch>;
  /** The dead-letter topic, read no earlier than the state. */
  readonly deadLetters: AsyncIterable<LogBatch>;
  /** `next` of each partition as the state told it before the log was read. */
  readonly nexts: ReadonlyMap<number, number>;
  /** Records that the state says were set aside below `next`, by partition; absent where the state is unknown. */
  readonly setAside?: ReadonlyMap<number, number>;
  /** Schema text of an id; undefined where the registry knows no such id. */
  readonly schemaById: (schemaId: number) => Promise<string | undefined>;
  /** The schemas that live versions read with. */
  readonly readers: readonly RegisteredSchema[];
}
