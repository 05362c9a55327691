/** Takes a cluster down, whatever its start or a killed process left of it: the machine is as it was. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { releaseLock, tryLock } from '../../src/platform/local/artifacts/lock.ts';
import { ClusterError } from './errors.ts';
import type { Layout } from './layout.ts';
import { removeCgroup } from './machine/cgroups.ts';
import { unlinkHost } from './machine/network.ts';
import { killMarked } from './machine/processes.ts';
import { readState } from './state-file.ts';
import type { Log } from './steps.ts';
import { step } from './steps.ts';

/** Undoes everything that the record of the cluster names; does nothing where there is none. */
export async function bringDown(layout: Layout, log: Log): Promise<void> {
  await whileLocked(layout, () => undo(layout, log));
}

/** Runs `work` while nobody else starts or ends this cluster. */
export async function whileLocked<T>(layout: Layout, work: () => Promise<T>): Promise<T> {
  if (!tryLock(layout.lockFile)) {
    const message = `another process is starting or ending the cluster ${layout.name}: wait for it, or end it`;
    throw new ClusterError('ALREADY_UP', message);
  }
  try {
    return await work();
  } finally {
    releaseLock(layout.lockFile);
  }
}

/** As {@link bringDown}; the lock is held. */
export async function undo(layout: Layout, log: Log): Promise<void> {
  const state = readState(layout);
  // Without a record nothing was changed yet; the folder may still have been made for it.
  if (state) {
    await step(log, 'end every process, with their mounts and interfaces', async () => {
      await killMarked(state.token);
    });
    await step(log, `remove the interface ${layout.hostLink}`, () => unlinkHost(layout.hostLink));
    await step(log, `remove the cgroups ${layout.cgroup}`, () => removeCgroup(layout.cgroup));
  }
  if (!existsSync(layout.folder)) return;
  // The record goes last, so that an interrupted end can be taken up again.
  await step(log, `remove ${layout.folder}`, async () => {
    removeAllBut(layout);
    rmSync(layout.folder, { recursive: true, force: true });
  });
}

function removeAllBut({ folder, stateFile }: Layout): void {
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    if (path !== stateFile) rmSync(path, { recursive: true, force: true });
  }
}
