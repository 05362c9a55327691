/** What a contender is: something that turns the records of a topic into totals, and can be timed at it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Addresses } from '../../src/platform/platform.ts';
import type { Children, RunningChild } from '../measure/children.ts';
import type { Usage } from '../measure/usage.ts';
import type { FilledTopic } from '../workload/fill-topic.ts';

/** What a contender is given for one run. */
export interface Course {
  readonly addresses: Addresses;
  readonly topic: FilledTopic;
  /** Unique in the bench; consumer group, namespaces and topics of the run begin with it. */
  readonly id: string;
  /** A folder of the run's own. */
  readonly folder: string;
  readonly children: Children;
}

/** What one run came to; its totals were found right. */
export interface Run extends Usage {
  readonly records: number;
  /** From ready to read until every record is counted and safe. */
  readonly seconds: number;
  /** … and until every changed row is published too, where that comes later. */
  readonly publishedSeconds: number;
}

/** One contender. */
export interface Contender {
  readonly name: string;
  /** Times one run from offset 0 and checks its totals; rejects with `WrongTotals` where they differ from the log's. */
  run(course: Course): Promise<Run>;
}

const POLL_MS = 20;

/** Asks until the answer is true, for as long as the process runs; answers when that was (ms since 1970). */
export async function untilTrue(
  child: RunningChild,
  question: () => Promise<boolean> | boolean,
): Promise<number> {
  while (!(await question())) {
    child.ensureAlive();
    await sleep(POLL_MS);
  }
  return Date.now();
}

/** When an event was first logged (ms since 1970); undefined where it was not. */
export function firstEvent(child: RunningChild, event: string): number | undefined {
  return child.lines().find((line) => line.event === event)?.time;
}
