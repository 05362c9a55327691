/** I9, schema: every record decodes with the schema it names and for every live reader; bad ones were dead-lettered. */

import type { History } from '../history/history.ts';
import type { InvariantVerdict, Judgement } from './invariant.ts';
import { grouped, judgeInvariant, requirePart } from './invariant.ts';
import { Tally } from './tally.ts';

/** Judges schemas and dead letters; bad records that were dead-lettered are counted and do not make it fail. */
export function judgeSchema(history: History): InvariantVerdict {
  const tally = new Tally(history.log?.schema);
  return judgeInvariant('I9', 'schema', tally, () => judge(history));
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
