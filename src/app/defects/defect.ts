/** What a defect may replace where a program is put together; laboratory equipment, see `index.ts`. */
import type { foldSlice } from '../back-end/fold.ts';
import type { PartitionState, StateScripts } from '../back-end/partition-state.ts';
import type { Decoder } from '../runtime/avro.ts';
import type { ApplicationVersion, RawRecord } from '../version.ts';

/** The parts of a Back End that a defect may replace. */
export interface BackEndParts {
  readonly version: ApplicationVersion;
  readonly decoder: Decoder<RawRecord>;
  readonly foldSlice: typeof foldSlice;
  /** The state of a partition; a defect may hand it scripts of its own. */
  readonly openState: (partition: number, scripts?: StateScripts) => PartitionState;
}

/** A way in which the application is wrong on purpose. */
export interface Defect {
  /** What goes wrong, for the log. */
  readonly what: string;
  /** The Back End's parts, one or more of them replaced. */
  readonly backEnd?: (parts: BackEndParts) => BackEndParts;
  /** The version as the generator gets it. */
  readonly generator?: (version: ApplicationVersion) => ApplicationVersion;
}
