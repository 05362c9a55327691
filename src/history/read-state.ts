/** Reads the back end's state, each partition in one atomic call. */

import { Redis } from 'iovalkey';
import type { StateHistory, StatePartition } from './history.ts';

/** A connection to a state DB that is closed with `using`. */
export interface StateDb extends Disposable {
  readonly redis: Redis;
  readonly namespace: string;
}

/** Opens the DB at `host:port`; commands reject where it does not answer. */
export function openState(address: string, namespace: string): StateDb {
  const at = address.lastIndexOf(':');
  const redis = new Redis({
    host: address.slice(0, at),
    port: Number(address.slice(at + 1)),
    connectTimeout: 5_000,
    commandTimeout: 30_000,
    maxRetriesPerRequest: 2,
  });
  // Each command that needs the connection rejects with the error; without a listener it would end the process.
  redis.on('error', () => undefined);
  return { redis, namespace, [Symbol.dispose]: () => redis.disconnect() };
}

/** The state of partitions 0 … `partitions` − 1. */
export async function readState(db: StateDb, partitions: number): Promise<StateHistory> {
  const read: StatePartition[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    read.push(await readPartition(db, partition));
  }
  return { namespace: db.namespace, partitions: read };
}

/** `next` of each partition (0 where it has no state) and how many rows are not published. */
export async function readProgress(
  { redis, namespace }: StateDb,
  partitions: number,
): Promise<{ nexts: number[]; dirty: number }> {
  const nexts: number[] = [];
  let dirty = 0;
  for (let partition = 0; partition < partitions; partition++) {
    nexts.push(Number((await redis.hget(keyOf(namespace, partition, 'meta'), 'next')) ?? 0));
    dirty += await redis.hlen(keyOf(namespace, partition, 'dirty'));
  }
  return { nexts, dirty };
}

async function readPartition(
  { redis, namespace }: StateDb,
  partition: number,
): Promise<StatePartition> {
  const names = ['meta', 'seq', 'totals', 'dirty'] as const;
  const call = redis.multi();
  for (const name of names) call.hgetall(keyOf(namespace, partition, name));
  const answers = await call.exec();
  const hashes = names.map((name, index) => {
    const [error, hash] = answers?.[index] ?? [new Error('the transaction was not run'), null];
    const key = keyOf(namespace, partition, name);
    if (error) throw new Error(`cannot read ${key}: ${error.message}`, { cause: error });
    return hash as Record<string, string>;
  });
  const [meta = {}, seq = {}, totals = {}, dirty = {}] = hashes;
  return { partition, meta, seq, totals, dirty };
}

function keyOf(namespace: string, partition: number, name: string): string {
  return `${namespace}:{${partition}}:${name}`;
}
