/** Tests that owners are told where the log ends, also after a broker did not answer. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchLogEnds } from '../../../src/app/back-end/log-ends.ts';

test('each owner is told the end of its partition, until it is stopped', async () => {
  const stopping = new AbortController();
  const seen: string[] = [];
  const owners = new Map(
    [1, 2].map((partition) => {
      return [partition, { seesLogEnd: (end: number) => void seen.push(`${partition}:${end}`) }];
    }),
  );
  let asked = 0;
  const offsets = async () => {
    asked++;
    if (asked === 1) throw new Error('no broker');
    return [100, 200, 300];
  };
  const watching = watchLogEnds({ offsets }, owners, { debug: () => undefined }, stopping.signal);
  for (let looks = 0; seen.length < 2 && looks < 250; looks++) await sleep(20);
  stopping.abort();
  await watching;
  assert.deepEqual(seen.slice(0, 2), ['1:200', '2:300']);
  const before = asked;
  await sleep(600);
  assert.equal(asked, before);
});
