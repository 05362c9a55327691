/** Takes a partition's stored state over: what it says, what its log holds, and whether the two belong together. */
import type { Logger } from 'pino';
import type { LogReader } from '../runtime/log-reader.ts';
import type { SkuProgress } from './fold.ts';
import type { FencingToken, PartitionState } from './partition-state.ts';

/** What taking over works with. */
export interface TakeOverParts {
  readonly partition: number;
  readonly reader: LogReader;
  readonly state: PartitionState;
  readonly log: Logger;
}

/** A partition that is ours under the token. */
export interface TakenOver {
  readonly incarnation: string;
  /** Offset from which to count on. */
  readonly next: number;
}

/** Counting on would count something wrong. */
export interface CannotCount {
  readonly halt: string;
}

/** A later owner has the partition, or log and state do not fit together at this moment; asking again may help. */
class NotYetError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotYetError';
  }
}

/** Acquires the state, creating it where there is none; throws `NotYetError`. */
export async function takeOver(
  parts: TakeOverParts,
  token: FencingToken,
): Promise<TakenOver | CannotCount> {
  const { state, reader, log, partition } = parts;
  const topicId = await reader.topicId();
  const acquired = await state.acquire(token, topicId);
  if (acquired.status === 'OK') return acquired;
  if (acquired.status === 'FENCED')
    throw new NotYetError(`a later owner has it: ${acquired.holder}`);
  if (acquired.status === 'TOPIC') {
    const ids = `its id was ${acquired.storedTopicId}, now it is ${topicId}`;
    const mend = 'use another STATE_NAMESPACE, or start the lab afresh';
    return {
      halt: `the topic was created anew (${ids}); the state belongs to the old one: ${mend}`,
    };
  }
  const start = (await reader.offsets('start'))[partition] ?? 0;
  if (start > 0) {
    return {
      halt: `there is no state, and the log starts at offset ${start}: what lay before is gone`,
    };
  }
  log.info({ event: 'initialise', partition, topicId }, 'no state yet: counting from offset 0');
  await state.initialise(token, topicId, start);
  return takeOver(parts, token);
}

/** What counting on from `next` needs of log and state; throws `NotYetError` where the log ends before `next`. */
export async function readStart(
  { reader, state, partition }: TakeOverParts,
  next: number,
): Promise<{ readonly logEnd: number; readonly progress: Map<string, SkuProgress> } | CannotCount> {
  const [starts, ends] = await Promise.all([reader.offsets('start'), reader.offsets('end')]);
  const start = starts[partition] ?? 0;
  const logEnd = ends[partition] ?? 0;
  if (next < start) {
    return { halt: `the log starts at offset ${start}, after the next one to count, ${next}` };
  }
  if (next > logEnd) {
    throw new NotYetError(
      `the log ends at offset ${logEnd}, before the next one to count, ${next}`,
    );
  }
  return { logEnd, progress: await state.progress() };
}
