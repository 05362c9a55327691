/** I1, intake: what was acknowledged = what the log holds = what the workload says, each record once. */

import type { GeneratorHistory, History, LogHistory, LogSku } from '../history/history.ts';
import { HOURS_PER_SKU } from './calendar.ts';
import type { InvariantVerdict, Judgement, JudgeOptions } from './invariant.ts';
import { grouped, judgeInvariant, requirePart } from './invariant.ts';
import { Tally } from './tally.ts';
import { skuName } from './workload.ts';

/** Judges intake. */
export function judgeIntake(history: History, options: JudgeOptions): InvariantVerdict {
  const tally = new Tally(history.log?.intake);
  return judgeInvariant('I1', 'intake', tally, () => judge(history, options, tally));
}

function judge(history: History, options: JudgeOptions, tally: Tally): Judgement {
  const log = requirePart(history.log, 'the log');
  const acknowledged = lastAcknowledged(history.generators);
  const bySku = new Map(log.skus.map((sku) => [sku.sku, sku]));
  let expected = 0;
  for (const sku of expectedSkus(history.run.skus, acknowledged)) {
    expected += judgeSku(sku, bySku.get(sku), acknowledged.get(sku) ?? -1, log, options, tally);
  }
  const present = log.skus.reduce((sum, sku) => sum + sku.present, 0);
  const truncated = log.partitions.find(({ start }) => start > 0);
  const detail = [
    `${grouped(present)} of ${grouped(expected)} records`,
    `${log.skus.length} SKUs`,
    `${grouped(tally.count('lost'))} lost`,
    `${grouped(tally.count('duplicated'))} duplicated`,
    `${grouped(tally.count('mis-aggregated'))} with a wrong value or hour`,
    acknowledgedDetail(history.generators, acknowledged),
    truncated === undefined ? '' : `retention removed records of partition ${truncated.partition}`,
  ];
  const enough = log.records > 0 && truncated === undefined;
  return {
    verdict: enough ? 'pass' : 'inconclusive',
    detail: detail.filter((part) => part !== '').join(', '),
  };
}

function expectedSkus(count: number, acknowledged: ReadonlyMap<string, number>): Set<string> {
  const names = Array.from({ length: count }, (_, index) => skuName(index));
  return new Set([...names, ...acknowledged.keys()]);
}

/** Answers how many records of the SKU there must be: up to the last that the log has or the generator was told of. */
function judgeSku(
  sku: string,
  seen: LogSku | undefined,
  acknowledged: number,
  log: LogHistory,
  { complete = false, hoursPerSku = HOURS_PER_SKU }: JudgeOptions,
  tally: Tally,
): number {
  const nextSeq = seen?.nextSeq ?? 0;
  const expected = Math.max(nextSeq, acknowledged + 1, complete ? hoursPerSku : 0);
  const lost = expected - (seen?.present ?? 0);
  if (lost <= 0) return expected;
  const firstMissing = seen?.firstMissing ?? nextSeq;
  const why =
    firstMissing <= acknowledged
      ? 'acknowledged to the generator, not in the log'
      : 'not in the log';
  tally.add(
    {
      kind: 'lost',
      what: `${grouped(lost)} of the SKU's records ${why}, from seq ${firstMissing}`,
      topic: log.topic,
      partition: seen?.partition ?? null,
      sku,
      expected,
      found: seen?.present ?? 0,
    },
    lost,
  );
  return expected;
}

function lastAcknowledged(generators: readonly GeneratorHistory[]): Map<string, number> {
  const last = new Map<string, number>();
  for (const { acknowledged } of generators) {
    for (const [sku, seq] of Object.entries(acknowledged)) {
      last.set(sku, Math.max(seq, last.get(sku) ?? -1));
    }
  }
  return last;
}

function acknowledgedDetail(
  generators: readonly GeneratorHistory[],
  acknowledged: ReadonlyMap<string, number>,
): string {
  const silent = generators.filter(({ error }) => error !== undefined).length;
  if (generators.length === 0) return 'no generator to ask what was acknowledged';
  if (silent > 0) return `${silent} of ${generators.length} generators did not answer`;
  const total = [...acknowledged.values()].reduce((sum, seq) => sum + seq + 1, 0);
  return `${grouped(total)} acknowledged`;
}
