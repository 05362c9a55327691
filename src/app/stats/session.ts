/** One session of reading the summary topic: begins where the state stands, reads all partitions and applies each slice in one atomic call. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Decoder } from '../runtime/avro.ts';
import type { LogReader } from '../runtime/log-reader.ts';
import type { Slice } from '../runtime/log-slice.ts';
import { reasonOf } from '../runtime/reason.ts';
import type { SummaryRow } from '../version.ts';
import type { Progress } from './progress.ts';
import { readRows } from './read-rows.ts';
import type { Beginning, PartitionRows, Position, SummaryStore } from './state/summary-store.ts';

const CHECK_EVERY_MS = 1_000;

/** What reading needs. */
export interface ConsumeOptions {
  readonly openReader: () => LogReader;
  readonly store: SummaryStore;
  readonly decoder: Decoder<SummaryRow>;
  readonly progress: Progress;
  readonly log: Logger;
}

/** Where one partition stands. */
interface PartitionState {
  /** Offset to fetch next. */
  fetch: number;
  /** Offset up to which everything is in the state. */
  applied: number;
  /** Offset from which the next slice covers the log: lower than what is fetched where older records are gone. */
  covered: number;
  /** Offset after the last record, as last heard. */
  logEnd: number;
  /** `logEnd` when this session began. */
  readonly goal: number;
}

/** How the next session is to begin. */
export interface Next {
  how: Beginning;
}

/** The state holds less than it did, as after a restart from an older copy. */
export class StateWentBackError extends Error {}

/** Resolves when asked to stop, rejects with what ended the session. */
export async function runSession(
  options: ConsumeOptions,
  next: Next,
  stopping: AbortSignal,
): Promise<void> {
  const reader = options.openReader();
  try {
    const topicId = await reader.topicId();
    const state = await beginPartitions(options.store, reader, topicId, next.how);
    next.how = 'resume';
    await follow({ ...options, ...state }, reader, stopping);
  } finally {
    await reader.close();
  }
}

async function beginPartitions(
  store: SummaryStore,
  reader: LogReader,
  topicId: string,
  how: Beginning,
) {
  let position = await store.begin(topicId, how);
  // Asked only now: another instance that writes to the same state may be ahead of any earlier answer.
  const starts = await reader.offsets('start');
  const ends = await reader.offsets('end');
  const cutOff = ends.some((end, partition) => (position.next.get(partition) ?? 0) > end);
  if (cutOff) position = await store.begin(topicId, 'rewind');
  const partitions = ends.map((end, partition) =>
    stateOf(position, partition, starts[partition] ?? 0, end),
  );
  return { incarnation: position.incarnation, partitions };
}

function stateOf(
  position: Position,
  partition: number,
  start: number,
  end: number,
): PartitionState {
  const covered = position.next.get(partition) ?? 0;
  const fetch = Math.max(covered, start);
  return { fetch, applied: fetch, covered, logEnd: end, goal: end };
}

/** What one session has in hand. */
interface Session extends ConsumeOptions {
  readonly incarnation: string;
  readonly partitions: readonly PartitionState[];
}

/** Follows the topic until asked to stop (resolves) or until something goes wrong (rejects). */
async function follow(session: Session, reader: LogReader, stopping: AbortSignal): Promise<void> {
  const end = Promise.withResolvers<void>();
  const { partitions } = session;
  const over = new AbortController();
  const finish = (error?: unknown) => {
    over.abort();
    if (error === undefined) end.resolve();
    else end.reject(error);
  };
  const following = reader.follow({
    wanted: () =>
      new Map(
        over.signal.aborted ? [] : partitions.map((state, partition) => [partition, state.fetch]),
      ),
    accept(slice) {
      const state = partitions[slice.partition];
      if (over.signal.aborted || state?.fetch !== slice.from) return false;
      state.fetch = slice.next;
      state.logEnd = slice.logEnd;
      return true;
    },
    async handle(slice) {
      if (!over.signal.aborted) await applySlice(session, slice);
    },
    failed: finish,
  });
  const stop = () => finish();
  stopping.addEventListener('abort', stop);
  if (stopping.aborted) stop();
  const checking = check(session, over.signal).catch(finish);
  watchEnds(session, reader, over.signal).catch(finish);
  try {
    await end.promise;
  } finally {
    stopping.removeEventListener('abort', stop);
    await Promise.all([following.stop(), checking]);
  }
}

/** Asks from time to time whether the state is still the one that this session writes to. */
async function check(session: Session, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await applyBatch(session, session.partitions.map(nothingNew));
    session.progress.problem = null;
    report(session);
    await pause(CHECK_EVERY_MS, over);
  }
}

/** Asks from time to time where the log ends; a broker that is merely silent is noticed by the answers that are missing. */
async function watchEnds(session: Session, reader: LogReader, over: AbortSignal): Promise<void> {
  const { progress, partitions } = session;
  while (!over.aborted) {
    const ends = await reader.offsets('end');
    progress.heardMs = Date.now();
    for (const [partition, state] of partitions.entries()) {
      state.logEnd = Math.max(state.logEnd, ends[partition] ?? 0);
    }
    report(session);
    await pause(CHECK_EVERY_MS, over);
  }
}

function nothingNew({ covered }: PartitionState, partition: number): PartitionRows {
  return { partition, from: covered, to: covered, rows: [] };
}

async function applySlice(session: Session, slice: Slice): Promise<void> {
  const { decoder, progress, log } = session;
  const state = session.partitions[slice.partition];
  if (state === undefined) return;
  const { partition, next: to } = slice;
  let rejected = 0;
  const rows = await readRows(slice, decoder, ({ offset }, error) => {
    rejected++;
    logRarely(log, progress.undecodable + rejected, partition, offset, error);
  });
  await applyBatch(session, [{ partition, from: state.covered, to, rows }]);
  progress.undecodable += rejected;
  state.applied = to;
  state.covered = to;
  report(session);
}

async function applyBatch(session: Session, batch: readonly PartitionRows[]): Promise<void> {
  const { store, incarnation, partitions } = session;
  const to = new Map(batch.map((part) => [part.partition, part.to]));
  const complete = partitions.every(({ applied, goal }, partition) => {
    return Math.max(applied, to.get(partition) ?? 0) >= goal;
  });
  const outcome = await store.apply(incarnation, batch, complete);
  if (outcome === 'lost') throw new Error('the state was wiped or begun anew');
  if (outcome === 'went-back')
    throw new StateWentBackError('the state went back to an earlier time');
  if (complete) session.progress.ready = true;
}

function report({ progress, partitions }: Session): void {
  const lags = partitions.map(({ logEnd, applied }) => Math.max(0, logEnd - applied));
  progress.lagRecords = lags.reduce((sum, lag) => sum + lag, 0);
}

/** Logs the 1st, 10th, 100th … row that is left out, so that a topic full of them does not fill the disk. */
function logRarely(
  log: Logger,
  count: number,
  partition: number,
  offset: number,
  error: unknown,
): void {
  if (!/^10*$/.test(String(count))) return;
  const where = { event: 'undecodable-summary', count, partition, offset };
  log.warn(where, `a summary row was left out: ${reasonOf(error)}`);
}

/** Waits, but no longer than until the signal. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
}
