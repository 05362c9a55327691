/** What the data suffer in a walk: every reader meets every writer that it may read, with real bytes. */

import type { FindingKind } from '../../history/history.ts';
import type { PredictedFinding } from '../prediction.ts';
import type { Reading, Writing } from './application.ts';
import { fieldsBeyond, readAs, summaryWriting } from './application.ts';
import type { WalkState } from './walk.ts';

/** A finding with the state of the walk, and the state (namespace) of the totals, that it is in. */
export interface PlacedFinding extends PredictedFinding {
  /** Place in the walk, from 0. */
  readonly at: number;
  /** Totals that are wrong; null where none are (a dead letter, an outage). */
  readonly namespace: string | null;
  /** Set where a defective build is to blame. */
  readonly isDamage?: true;
}

/** What versions write to `raw-data-in` in a run, and what they read it with. */
export interface RawData {
  readonly written: (version: string) => Writing;
  readonly readSchema: (version: string) => Writing['schema'];
}

/** Every finding of a walk, in the order in which they happen; of each (kind, writer, reader) the first. */
export function findFindings(
  states: readonly WalkState[],
  data: RawData,
): readonly PlacedFinding[] {
  const found = states.flatMap((state, at) => [
    ...outage(state, at),
    ...state.counting.flatMap(({ version, namespace, writers }) =>
      writers.flatMap((writer) => counted(writer, version, data, { state, at, namespace })),
    ),
    ...staleTotals(states, at, data),
    ...shown(state, at),
  ]);
  return firstOfEach(found);
}

interface Place {
  readonly state: WalkState;
  readonly at: number;
  readonly namespace: string;
}

/** A Back End reads a record: it cannot, or it takes a default for the truth, or all is well. */
function counted(
  writer: string,
  reader: string,
  data: RawData,
  { state, at, namespace }: Place,
): readonly PlacedFinding[] {
  const { schema, record } = data.written(writer);
  const reading = readRaw(writer, reader, data);
  const base = { at, state: state.title, writer, reader, record };
  if ('error' in reading) {
    const why = `the ${reader} back end cannot read what ${writer} wrote: it becomes a dead letter`;
    const kind: FindingKind = 'undecodable';
    return [{ ...base, kind, why, readAs: reading.error, namespace: null }];
  }
  const invented = fieldsBeyond(data.readSchema(reader), schema).filter(
    (field) => reading.value[field] !== null,
  );
  if (invented.length === 0) return [];
  const fields = invented.join(' and ');
  const why = `the ${reader} back end counts the default for ${fields}, which ${writer} did not know: the total looks complete and is not`;
  return [{ ...base, kind: 'mis-aggregated', why, readAs: show(reading), namespace }];
}

/** Totals that stay unknown though the log knows them: counted by a version that drops the field, then shown by one that has it. */
function staleTotals(
  states: readonly WalkState[],
  at: number,
  data: RawData,
): readonly PlacedFinding[] {
  const now = states[at];
  if (now === undefined) return [];
  return now.counting.flatMap(({ version: showing, namespace }) =>
    states
      .slice(0, at)
      .flatMap((before) =>
        before.counting
          .filter((each) => each.namespace === namespace)
          .flatMap(({ version: reader, writers }) =>
            writers
              .filter((writer) => dropped(writer, reader, showing, data).length > 0)
              .map((writer) => stale(writer, reader, showing, data, { state: now, at, namespace })),
          ),
      ),
  );
}

/** Fields that the writer wrote, the reader did not count, and the one that shows the totals has. */
function dropped(writer: string, reader: string, showing: string, data: RawData) {
  const lost = fieldsBeyond(data.written(writer).schema, data.readSchema(reader));
  return lost.filter((field) => data.readSchema(showing).fields.some(({ name }) => name === field));
}

function stale(
  writer: string,
  reader: string,
  showing: string,
  data: RawData,
  { state, at, namespace }: Place,
): PlacedFinding {
  const fields = dropped(writer, reader, showing, data).join(' and ');
  const why = `the ${reader} back end counted what ${writer} wrote without ${fields}; ${showing} goes on with that state, so months stay unknown that the log knows`;
  const readings = show(readRaw(writer, reader, data));
  const record = data.written(writer).record;
  return {
    kind: 'stale',
    why,
    state: state.title,
    writer,
    reader,
    record,
    readAs: readings,
    at,
    namespace,
  };
}

/** Every Summary Stats UI reads the rows of every Back End. */
function shown(state: WalkState, at: number): readonly PlacedFinding[] {
  return state.backEnds.flatMap((writer) =>
    state.stats.flatMap((reader) => {
      const row = summaryWriting(writer);
      const reading = remembered(row, summaryWriting(reader).schema);
      if (!('error' in reading)) return [];
      const why = `the ${reader} stats cannot read the summary rows of the ${writer} back end`;
      const base = { at, state: state.title, writer, reader, record: row.record, namespace: null };
      return [{ ...base, kind: 'undecodable' as const, why, readAs: reading.error }];
    }),
  );
}

function outage(state: WalkState, at: number): readonly PlacedFinding[] {
  if (state.stats.length > 0) return [];
  const why = 'nobody answers readers between the last old process and the first new one';
  const base = { at, state: state.title, writer: '', reader: '', record: null, namespace: null };
  return [{ ...base, kind: 'unavailable', why, readAs: 'no answer' }];
}

function firstOfEach(found: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const first = new Map<string, PlacedFinding>();
  for (const finding of found) {
    const key = [finding.kind, finding.writer, finding.reader, finding.namespace].join(' ');
    if (!first.has(key)) first.set(key, finding);
  }
  return [...first.values()];
}

const readings = new WeakMap<object, Map<object, Reading>>();

/** What bytes become does not change, so each pair of schemas is tried once. */
function remembered(written: Writing, read: Writing['schema']): Reading {
  const known = readings.get(written.schema) ?? new Map<object, Reading>();
  readings.set(written.schema, known);
  const reading = known.get(read) ?? readAs(written, read);
  known.set(read, reading);
  return reading;
}

function readRaw(writer: string, reader: string, data: RawData): Reading {
  return remembered(data.written(writer), data.readSchema(reader));
}

function show(reading: Reading): string {
  return 'error' in reading ? reading.error : JSON.stringify(reading.value);
}
