/** I9, schema: every record decodes with the schema it names and for every live reader; bad ones were dead-lettered. */

import type { History, LogHistory } from '../history/history.ts';
import type { InvariantVerdict, Judgement, RunParts } from './invariant.ts';
import { grouped, judgeInvariant, requirePart } from './invariant.ts';
import { Tally } from './tally.ts';

/**
 * Judges schemas and dead letters; bad records that were dead-lettered are counted and do not make it fail. A live version that
 * could not read a good record has dead-lettered it. Where nothing tells which versions were live when, every registered
 * schema counts as a reader of every record.
 */
export function judgeSchema({ history, timeline }: RunParts): InvariantVerdict {
  const tally = new Tally(history.log?.schema);
  return judgeInvariant('I9', 'schema', tally, () => {
    if (timeline === undefined && history.log) addUnreadable(history.log, tally);
    return judge(history);
  });
}

/** Records that are undecodable, for anybody or for a reader of them. */
export function countUndecodable({ history, timeline }: RunParts): number {
  const { log, output } = history;
  const unreadable = log?.writers.filter(({ unreadableBy }) => unreadableBy.length > 0) ?? [];
  const records = unreadable.reduce((sum, writer) => sum + writer.records, 0);
  const bad = log?.undecodable ?? 0;
  return (timeline === undefined ? Math.max(bad, records) : bad) + (output?.undecodable ?? 0);
}

function judge(history: History): Judgement {
  const log = requirePart(history.log, 'the log');
  const writers = log.writers.filter(({ records }) => records > 0);
  const versions = writers.map(
    ({ schemaId, version }) => `${version ?? 'unknown'} (id ${schemaId})`,
  );
  const first = log.firstUndecodable;
  const detail = [
    `${grouped(log.records)} records of schemas ${versions.join(', ') || 'none'}`,
    `read with ${log.readers.length} reader schemas`,
    `${grouped(log.undecodable)} undecodable`,
    `${grouped(log.deadLetters.records)} dead-lettered`,
    first === null
      ? ''
      : `first at ${first.topic}/${first.partition} offset ${first.offset}: ${first.what}`,
  ];
  return {
    verdict: log.records > 0 && log.readers.length > 0 ? 'pass' : 'inconclusive',
    detail: detail.filter((part) => part !== '').join(', '),
  };
}

function addUnreadable(log: LogHistory, tally: Tally): void {
  const versions = new Map(log.readers.map((each) => [each.schemaId, each.version]));
  for (const writer of log.writers) {
    const { partition, firstOffset: offset, version, schemaId } = writer;
    const at = { topic: log.topic, partition, offset, version, schemaId };
    for (const reader of writer.unreadableBy) {
      const what = `reader ${versions.get(reader.schemaId)} (schema id ${reader.schemaId}) cannot read it: ${reader.reason}`;
      tally.add({ ...at, kind: 'undecodable', what }, writer.records);
    }
  }
}
