/** Membership in the consumer group: which partitions are ours, in which generation. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Consumer } from '@platformatic/kafka';
import type { Logger } from 'pino';
import { reasonOf } from '../runtime/reason.ts';

/** What the group assigned to this member. */
export interface Assignment {
  readonly generation: number;
  readonly memberId: string;
  readonly partitions: readonly number[];
}

/** A member of a group that joins again whenever it was put out. */
export interface Membership {
  /** Tells the group how far a partition was counted; for lag monitoring only, nothing resumes from it. */
  commit(offsets: ReadonlyMap<number, number>): Promise<void>;
  /** How long ago the group last answered, in ms; infinite before its first answer. */
  silentMs(): number;
  /** Leaves, so that others take over at once. */
  leave(): Promise<void>;
}

/** How to join. */
export interface MembershipOptions {
  readonly bootstrap: string;
  readonly clientId: string;
  readonly group: string;
  readonly topic: string;
  readonly log: Logger;
  /** Called for each new generation. */
  assigned(assignment: Assignment): void;
}

const SESSION_MS = 6_000;
const HEARTBEAT_MS = 1_000;
const REBALANCE_MS = 10_000;
const REJOIN_PAUSE_MS = 500;
const WATCH_MS = 1_000;
/** Without a heartbeat for this long the client is taken for dead and replaced. */
const STALLED_MS = 3 * SESSION_MS;
/** The others join again with their next heartbeat, so a join takes little more than that. */
const LONGEST_JOIN_MS = 5_000;

/** Joins the group and stays in it until `leave`. */
export function joinGroup(options: MembershipOptions): Membership {
  let consumer: Consumer | undefined;
  let leaving = false;
  let joining: Promise<unknown> = Promise.resolve();
  let joinedMs = Number.NEGATIVE_INFINITY;
  const heardMs = (): number => Math.max(joinedMs, consumer?.lastHeartbeat?.getTime() ?? joinedMs);

  function open(): Consumer {
    const opened = new Consumer({
      clientId: options.clientId,
      groupId: options.group,
      bootstrapBrokers: options.bootstrap.split(','),
      sessionTimeout: SESSION_MS,
      heartbeatInterval: HEARTBEAT_MS,
      rebalanceTimeout: REBALANCE_MS,
      autocommit: false,
      retries: 3,
      retryDelay: 200,
    });
    opened.topics.track(options.topic);
    opened.on('consumer:group:join', (event) => {
      if (opened !== consumer) return;
      joinedMs = Date.now();
      const ours = (event.assignments ?? []).find(({ topic }) => topic === options.topic);
      options.assigned({
        generation: event.generationId ?? 0,
        memberId: event.memberId ?? '',
        partitions: ours?.partitions ?? [],
      });
    });
    opened.on('error', (error: unknown) => {
      options.log.warn({ event: 'group-error', group: options.group }, reasonOf(error));
    });
    return opened;
  }

  /** Joins once, then watches the heartbeats; returns when the client has to be replaced. */
  async function stay(member: Consumer): Promise<void> {
    const joined = member.joinGroup({});
    joining = joined.catch(() => undefined);
    await joined;
    let lastSeenMs = Date.now();
    while (!leaving && Date.now() - lastSeenMs < STALLED_MS) {
      await sleep(WATCH_MS);
      lastSeenMs = Math.max(lastSeenMs, member.lastHeartbeat?.getTime() ?? 0);
    }
  }

  async function run(): Promise<void> {
    while (!leaving) {
      consumer = open();
      try {
        await stay(consumer);
        if (!leaving)
          options.log.warn({ event: 'group-stalled' }, 'no heartbeat was answered; joining anew');
      } catch (error) {
        if (!leaving) options.log.warn({ event: 'group-join-failed' }, reasonOf(error));
      }
      if (leaving) return;
      await dispose(consumer, options.log);
      await sleep(REJOIN_PAUSE_MS);
    }
  }

  void run();
  return {
    async commit(positions) {
      if (!consumer?.memberId || positions.size === 0) return;
      const offsets = [...positions].map(([partition, offset]) => ({
        topic: options.topic,
        partition,
        offset: BigInt(offset),
        leaderEpoch: -1,
      }));
      await consumer.commit({ offsets });
    },
    silentMs: () => Date.now() - heardMs(),
    async leave() {
      leaving = true;
      if (consumer) {
        // Who goes away in the middle of joining is waited for by all others until its session ends.
        await Promise.race([joining, sleep(LONGEST_JOIN_MS)]);
        try {
          await consumer.leaveGroup(true);
        } catch (error) {
          options.log.warn({ event: 'group-leave-failed' }, reasonOf(error));
        }
        await dispose(consumer, options.log);
      }
    },
  };
}

async function dispose(consumer: Consumer, log: Logger): Promise<void> {
  try {
    await consumer.close(true);
  } catch (error) {
    log.debug({ event: 'close-failed' }, reasonOf(error));
  }
}
