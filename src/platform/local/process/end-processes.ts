/** Ends process groups: politely first, by force after a grace period. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessIdentity } from './identity.ts';
import { isAlive, signalGroup } from './identity.ts';

const pollMs = 25;

/** Sends SIGTERM to every group, SIGKILL to those left after `graceMs`, and resolves when none is left. */
export async function endProcesses(
  processes: readonly ProcessIdentity[],
  graceMs: number,
): Promise<void> {
  const running = processes.filter(isAlive);
  for (const process of running) {
    signalGroup(process, 'SIGTERM');
    // A paused process sees the SIGTERM only once it runs again.
    signalGroup(process, 'SIGCONT');
  }
  if (!(await untilGone(running, graceMs))) {
    for (const process of running) signalGroup(process, 'SIGKILL');
    await untilGone(running, 5_000);
  }
}

async function untilGone(processes: readonly ProcessIdentity[], limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (processes.some(isAlive)) {
    if (Date.now() >= deadline) return false;
    await delay(pollMs);
  }
  return true;
}
