/** Asks where the log ends, so that lag is told truly also while a batch takes long and nothing is fetched. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { LogReader } from '../runtime/log-reader.ts';
import { reasonOf } from '../runtime/reason.ts';
import type { PartitionOwner } from './partition-owner.ts';

const EACH_MS = 500;

/** Tells the owners of partitions twice a second, until the signal is aborted. */
export async function watchLogEnds(
  reader: Pick<LogReader, 'offsets'>,
  owners: ReadonlyMap<number, Pick<PartitionOwner, 'seesLogEnd'>>,
  log: Pick<Logger, 'debug'>,
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    try {
      const ends = await reader.offsets('end');
      for (const [partition, owner] of owners) owner.seesLogEnd(ends[partition] ?? 0);
    } catch (error) {
      log.debug({ event: 'log-ends-unknown' }, reasonOf(error));
    }
    await sleep(EACH_MS, undefined, { signal: stopping }).catch(() => undefined);
  }
}
