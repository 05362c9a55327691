/** A lock between processes: a file that names its holder, so that the lock of a dead one is taken over. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessIdentity } from '../process/identity.ts';
import { identify, isAlive } from '../process/identity.ts';

const pollMs = 200;

/**
 * Runs `work` while no other process holds the lock at `path`.
 * @param waiting called once where another process has to be waited for
 */
export async function withLock<T>(
  path: string,
  waiting: () => void,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!tryLock(path)) {
    if (!told) waiting();
    told = true;
    await delay(pollMs);
  }
  try {
    return await work();
  } finally {
    releaseLock(path);
  }
}

/** Gives a lock back. */
export function releaseLock(path: string): void {
  rmSync(path, { force: true });
}

/** Takes the lock at `path` where it is free or its holder is dead; never waits. */
export function tryLock(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(identify(process.pid)), { flag: 'wx' });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    if (holderLives(path)) return false;
    rmSync(path, { force: true });
    return tryLock(path);
  }
}

function holderLives(path: string): boolean {
  try {
    return isAlive(JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity);
  } catch (error) {
    // Released meanwhile, or caught between its creation and its first byte: look again.
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return true;
    throw error;
  }
}
