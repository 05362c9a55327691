/** Gate: what is produced is counted soon. */

import type { Gate } from '../gate.ts';

/** A rebalance or a take-over is over in less. */
const LIMIT_SECONDS = 5;
/** For so long the lag must be above the limit, or cannot be told. */
const FOR_MS = 1_500;

/** Fails where the oldest record that is not counted is older than 5 s for 1.5 s on end, or a partition is halted. */
export const lag: Gate = {
  name: 'lag',
  judge({ recent }) {
    const last = recent.at(-1);
    if (last === undefined) return { word: 'inconclusive', detail: 'no sample yet' };
    const halted = last.partitions.find((partition) => partition.halted !== null);
    if (halted) {
      return { word: 'fail', detail: `partition ${halted.partition} is halted: ${halted.halted}` };
    }
    const window = recent.filter(({ atMs }) => atMs >= last.atMs - FOR_MS);
    const seconds = Math.min(...window.map(({ lagSeconds }) => lagSeconds));
    const detail = `${last.lagRecords} records, ${last.lagSeconds.toFixed(1)} s`;
    const isLong = (window[0]?.atMs ?? last.atMs) <= last.atMs - FOR_MS * 0.7;
    return { word: isLong && seconds > LIMIT_SECONDS ? 'fail' : 'pass', detail };
  },
};
